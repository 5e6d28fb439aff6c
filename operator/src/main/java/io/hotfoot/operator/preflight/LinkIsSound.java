package io.hotfoot.operator.preflight;

import io.hotfoot.agent.v1.LinkDescription;
import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.api.v1alpha1.Reason;
import java.util.List;
import java.util.Optional;

/**
 * A broken link costs pre-copy time, and post-copy the guest: it stands still for each page that is
 * lost on the way, and is lost when its nodes do not reach each other for half a minute.
 */
class LinkIsSound implements Check.ForPostCopy {
  /** Fewer say nothing. */
  private static final long PACKETS_MIN = 1000;

  /** A good one damages less than one in a million. */
  private static final double BAD_MAX = .001;

  @Override
  public Verdict examine(Situation situation) {
    String source = situation.sourceNode();
    Optional<String> fault = fault(source, situation.describe(source));
    if (fault.isPresent()) {
      return unsound(fault.get());
    }
    List<Optional<String>> targets =
        situation.describedSample().entrySet().stream()
            .map(it -> fault(it.getKey(), it.getValue()))
            .toList();
    return targets.stream().anyMatch(Optional::isEmpty)
        ? Verdict.PASS
        : unsound(targets.getFirst().orElseThrow());
  }

  private static Verdict unsound(String fault) {
    return new Verdict.Wait(
        Reason.LinkUnsound,
        fault
            + "; waiting for a good minute, or evict with mode: PreCopy, to which a bad link does no harm");
  }

  private static Optional<String> fault(String node, NodeDescription described) {
    LinkDescription link = described.getLink();
    boolean bad =
        link.getPackets() >= PACKETS_MIN && link.getBadPackets() > BAD_MAX * link.getPackets();
    return bad
        ? Optional.of(
            "of %2$d packets that node %1$s received in the last minute %3$d were damaged"
                .formatted(node, link.getPackets(), link.getBadPackets()))
        : Optional.empty();
  }
}
