package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.eviction.Eviction;

/** Two evictions of one VM would fight over its label: the one that began first goes first. */
class NoOtherEviction implements Check {
  private final Evictions evictions;

  NoOtherEviction(Evictions evictions) {
    this.evictions = evictions;
  }

  @Override
  public Verdict examine(Situation situation) {
    Eviction mine = situation.eviction();
    return evictions
        .rivals(mine)
        .filter(NoOtherEviction::hasBegun)
        .findFirst()
        .<Verdict>map(
            it ->
                new Verdict.Wait(
                    Reason.EvictionActive,
                    "VMEviction %s is evicting this VM; waiting for its end"
                        .formatted(it.getMetadata().getName())))
        .orElse(Verdict.PASS);
  }

  private static boolean hasBegun(VMEviction other) {
    EvictionPhase phase = other.getStatus() == null ? null : other.getStatus().phase;
    return phase != null && phase != EvictionPhase.Pending && !phase.isFinal();
  }
}
