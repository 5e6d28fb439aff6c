package io.hotfoot.operator.steering;

import io.hotfoot.agent.v1.HintHeader;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.HintStatus;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.operator.agent.HintSet;
import io.hotfoot.operator.eviction.Eviction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What came of collecting hints. */
public record HintOutcome(Optional<HintSet> set, Reason reason, String message, HintStatus status) {
  private static final HintStatus NO_STATUS =
      new HintStatus(Hints.Source.None, null, null, null, null);

  static HintOutcome none() {
    return new HintOutcome(Optional.empty(), Reason.NotAsked, "no hints were asked for", NO_STATUS);
  }

  static HintOutcome failed(List<String> failures) {
    return new HintOutcome(
        Optional.empty(),
        Reason.AllSourcesFailed,
        "no hints, so memory follows in QEMU's own order. " + String.join("; ", failures),
        NO_STATUS);
  }

  static HintOutcome collected(Hints.Source source, HintSet set, List<String> failures) {
    HintHeader header = set.header();
    String first = failures.isEmpty() ? "" : ". Tried first: " + failures.getFirst();
    return new HintOutcome(
        Optional.of(set),
        Reason.Collected,
        "%d pages, from the %s%s%s".formatted(header.getPages(), source, age(header), first),
        new HintStatus(
            source,
            header.getPages(),
            header.getPages() * HintStatus.PAGE_BYTES,
            header.getClassPagesMap(),
            header.getCollectedMs()));
  }

  private static String age(HintHeader header) {
    return header.getAgeMs() == 0
        ? ""
        : ", which gave them %d s before"
            .formatted(Duration.ofMillis(header.getAgeMs()).toSeconds());
  }

  /** Bytes of the hinted pages; 0 without hints. */
  public long bytes() {
    return set.map(it -> it.header().getPages() * HintStatus.PAGE_BYTES).orElse(0L);
  }

  void note(Eviction eviction) {
    eviction.status().hints = status;
    eviction.say(
        EvictionCondition.Type.HintsCollected,
        set.isPresent() ? EvictionCondition.Status.True : EvictionCondition.Status.False,
        reason,
        message);
  }
}
