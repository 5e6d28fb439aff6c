package io.hotfoot.operator.phase;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.False;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.ReadyToEvict;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Installation;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.kubevirt.Policies;
import io.hotfoot.operator.kubevirt.SwitchTimeout;
import io.hotfoot.operator.kubevirt.Vms;
import io.hotfoot.operator.steering.HintCollection;
import io.hotfoot.operator.steering.SourceSide;

/** Lets the VM migrate by post-copy, begins to take hints, and has KubeVirt migrate it. */
class Preparing implements PhaseHandler {
  private static final String STALL_DETECTION = "MigrationStallDetection";

  private final Vms vms;
  private final Policies policies;
  private final Installation installation;
  private final Migrations migrations;
  private final HintCollection hints;
  private final SourceSide source;

  Preparing(
      Vms vms,
      Policies policies,
      Installation installation,
      Migrations migrations,
      HintCollection hints,
      SourceSide source) {
    this.vms = vms;
    this.policies = policies;
    this.installation = installation;
    this.migrations = migrations;
    this.hints = hints;
    this.source = source;
  }

  @Override
  public Step proceed(Eviction eviction) {
    if (eviction.isCalledOff() && migrations.find(eviction).isEmpty()) {
      return Ends.calledOff();
    }
    if (eviction.mode().isPostCopy()) {
      source.watch(eviction);
      hints.outcome(eviction);
      allowPostCopy(eviction);
    } else {
      vms.unlabel(eviction.namespace(), eviction.spec().vmiName());
    }
    return migrate(eviction);
  }

  private void allowPostCopy(Eviction eviction) {
    String namespace = eviction.namespace();
    String vm = eviction.spec().vmiName();
    boolean hints = eviction.mode() == EvictionMode.Enlightened;
    boolean stallDetection = installation.hasGate(STALL_DETECTION);
    vms.find(namespace, vm)
        .map(it -> SwitchTimeout.perGiB(it, hints, stallDetection))
        .ifPresent(timeout -> policies.ensureFor(eviction.uid(), timeout));
    vms.label(namespace, vm);
  }

  private Step migrate(Eviction eviction) {
    VirtualMachineInstanceMigration migration;
    try {
      migration = migrations.ensure(eviction);
    } catch (KubernetesClientException e) {
      if (!isRefusal(e)) {
        throw e;
      }
      eviction.say(
          ReadyToEvict,
          False,
          Reason.MigrationRefused,
          "KubeVirt refused the migration: " + e.getStatus().getMessage());
      return Step.Go.later(EvictionPhase.Pending);
    }
    eviction.status().migrationName = migration.getMetadata().getName();
    eviction.status().migrationUid = migration.getMetadata().getUid();
    return Step.Go.to(EvictionPhase.Migrating);
  }

  /** By an admission webhook, say because another migration has come first. */
  private static boolean isRefusal(KubernetesClientException e) {
    return e.getStatus() != null && e.getCode() >= 400 && e.getCode() < 500;
  }
}
