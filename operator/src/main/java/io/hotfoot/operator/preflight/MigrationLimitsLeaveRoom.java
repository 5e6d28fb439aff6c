package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.eviction.Eviction;
import java.util.Optional;

/** Beyond its limits KubeVirt lets a migration wait; ours waits here, where it can be ordered. */
class MigrationLimitsLeaveRoom implements Check {
  private final Evictions evictions;
  private final Places places;

  MigrationLimitsLeaveRoom(Evictions evictions, Places places) {
    this.evictions = evictions;
    this.places = places;
  }

  @Override
  public Verdict examine(Situation situation) {
    Eviction mine = situation.eviction();
    String source = situation.sourceNode();
    Optional<Verdict.Wait> full = places.full(mine, source);
    if (full.isPresent()) {
      return full.get();
    }
    return places.isLast(mine, source) ? yieldToHigherPriority(mine) : Verdict.PASS;
  }

  private Verdict yieldToHigherPriority(Eviction mine) {
    Optional<VMEviction> first =
        evictions
            .waiting(mine)
            .filter(it -> it.getSpec().priority() > mine.spec().priority())
            .filter(MigrationLimitsLeaveRoom::waitsForRoom)
            .findFirst();
    return first
        .<Verdict>map(
            it ->
                new Verdict.Wait(
                    Reason.HigherPriorityFirst,
                    "VMEviction %s/%s has a higher priority and waits for the same place"
                        .formatted(it.getMetadata().getNamespace(), it.getMetadata().getName())))
        .orElse(Verdict.PASS);
  }

  /** Only one that waits for room: another may wait for something that never comes. */
  private static boolean waitsForRoom(VMEviction eviction) {
    return eviction.getStatus() != null
        && eviction.getStatus().conditions.stream()
            .anyMatch(it -> it.reason() == Reason.MigrationLimitReached);
  }
}
