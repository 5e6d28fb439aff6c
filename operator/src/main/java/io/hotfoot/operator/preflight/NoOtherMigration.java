package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.operator.eviction.Eviction;

/** KubeVirt migrates a VM once at a time. */
class NoOtherMigration implements Check {
  @Override
  public Verdict examine(Situation situation) {
    Eviction eviction = situation.eviction();
    return situation
        .migrations()
        .activeOf(eviction.namespace(), eviction.spec().vmiName())
        .findFirst()
        .<Verdict>map(
            it ->
                new Verdict.Wait(
                    Reason.MigrationActive,
                    ("VirtualMachineInstanceMigration %s is migrating this VM; waiting for its"
                            + " end. To evict at once, delete it.")
                        .formatted(it.getMetadata().getName())))
        .orElse(Verdict.PASS);
  }
}
