package io.hotfoot.operator.preflight;

import io.hotfoot.agent.v1.LinkDescription;
import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.api.v1alpha1.Reason;
import java.util.Map;
import java.util.Optional;

/**
 * A broken link costs pre-copy time, and post-copy the guest: it stands still for each page that is
 * lost on the way, and is lost when its nodes do not reach each other for half a minute.
 */
class LinkIsSound implements Check.ForPostCopy {
  /** Fewer say nothing. */
  private static final long PACKETS_MIN = 1000;

  private static final long SEGMENTS_MIN = 200;

  /** A good one damages less than one in a million; a full one loses segments without being bad. */
  private static final double BAD_MAX = .001;

  private static final double REPEATED_MAX = .1;

  @Override
  public Verdict examine(Situation situation) {
    String source = situation.sourceNode();
    Optional<String> fault = fault(source, situation.describe(source));
    if (fault.isPresent()) {
      return unsound(fault.get());
    }
    Map<String, NodeDescription> targets = situation.describedSample();
    if (targets.entrySet().stream().anyMatch(it -> fault(it.getKey(), it.getValue()).isEmpty())) {
      return Verdict.PASS;
    }
    return unsound(
        targets.entrySet().stream()
            .flatMap(it -> fault(it.getKey(), it.getValue()).stream())
            .findFirst()
            .orElseThrow());
  }

  private static Verdict unsound(String fault) {
    return new Verdict.Wait(
        Reason.LinkUnsound,
        fault
            + "; waiting for a good minute, or evict with mode: PreCopy, to which a bad link does no harm");
  }

  private static Optional<String> fault(String node, NodeDescription described) {
    LinkDescription link = described.getLink();
    if (exceeds(link.getBadPackets(), link.getPackets(), BAD_MAX, PACKETS_MIN)) {
      return Optional.of(
          "the network devices of node %s damaged %d of %d packets in the last minute"
              .formatted(node, link.getBadPackets(), link.getPackets()));
    }
    if (exceeds(link.getRepeatedSegments(), link.getSegments(), REPEATED_MAX, SEGMENTS_MIN)) {
      return Optional.of(
          "node %s had to send %d of %d TCP segments again in the last minute"
              .formatted(node, link.getRepeatedSegments(), link.getSegments()));
    }
    return Optional.empty();
  }

  private static boolean exceeds(long part, long all, double share, long enough) {
    return all >= enough && part > all * share;
  }
}
