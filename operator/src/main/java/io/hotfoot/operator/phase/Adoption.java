package io.hotfoot.operator.phase;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.False;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.True;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.Completed;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.ReadyToEvict;

import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.kubevirt.Vms;
import java.util.Optional;

/**
 * Attaches an eviction to a migration that somebody else has made. Nothing is checked that could
 * only keep the migration from beginning: it has begun.
 */
class Adoption {
  private final Migrations migrations;
  private final Vms vms;

  Adoption(Migrations migrations, Vms vms) {
    this.migrations = migrations;
    this.vms = vms;
  }

  Step begin(Eviction eviction) {
    Optional<VirtualMachineInstanceMigration> migration =
        migrations.find(eviction).filter(it -> !it.hasEnded());
    Optional<VirtualMachineInstance> vm =
        vms.read(eviction.namespace(), eviction.spec().vmiName())
            .filter(VirtualMachineInstance::canMigrate);
    if (migration.isEmpty() || vm.isEmpty()) {
      return Step.End.failed(
          Reason.MigrationDeleted,
          "VirtualMachineInstanceMigration %s had ended before it could be adopted"
              .formatted(eviction.adopted().orElseThrow()));
    }
    eviction.status().sourceNode = vm.get().getStatus().nodeName();
    eviction.status().mode = EvictionMode.Enlightened;
    eviction.status().timing.started = eviction.now();
    eviction.status().migrationName = migration.get().getMetadata().getName();
    eviction.status().migrationUid = migration.get().getMetadata().getUid();
    eviction.say(
        ReadyToEvict,
        True,
        Reason.ChecksPassed,
        "attached to a migration that somebody else has made");
    eviction.say(Completed, False, Reason.InProgress, "the eviction is under way");
    return Step.Go.to(EvictionPhase.Migrating);
  }
}
