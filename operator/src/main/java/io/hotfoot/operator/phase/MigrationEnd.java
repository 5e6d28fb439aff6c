package io.hotfoot.operator.phase;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.True;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.ExecutionTransferred;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.ReadyToEvict;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.WorkingSetResident;

import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.TransferStatus;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.kubevirt.MigrationState;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.eviction.MissedFaults;
import io.hotfoot.operator.kubevirt.Vms;
import io.hotfoot.operator.steering.SourceSide;
import java.time.Duration;
import java.util.Optional;

/** What follows when KubeVirt's migration has ended. */
class MigrationEnd {
  private final Vms vms;
  private final VmDeletions deletions;
  private final SourceSide source;
  private final ServiceHandover services;

  MigrationEnd(Vms vms, VmDeletions deletions, SourceSide source, ServiceHandover services) {
    this.vms = vms;
    this.deletions = deletions;
    this.source = source;
    this.services = services;
  }

  /** Absent while the migration goes on. */
  Optional<Step> of(Eviction eviction, Optional<VirtualMachineInstanceMigration> migration) {
    if (migration.isPresent() && !migration.get().hasEnded()) {
      return Optional.empty();
    }
    if (migration.isPresent() && migration.get().hasSucceeded()) {
      return Optional.of(succeeded(eviction));
    }
    Optional<VirtualMachineInstance> vm = vms.read(eviction.namespace(), eviction.spec().vmiName());
    Optional<MigrationState> state =
        vm.flatMap(Vms::migrationState)
            .filter(it -> eviction.status().migrationUid.equals(it.migrationUid()));
    boolean arrived = migration.isEmpty() && state.filter(MigrationEnd::arrived).isPresent();
    return Optional.of(arrived ? succeeded(eviction) : failed(eviction, migration, vm, state));
  }

  private static boolean arrived(MigrationState state) {
    return Boolean.TRUE.equals(state.completed()) && !Boolean.TRUE.equals(state.failed());
  }

  private Step succeeded(Eviction eviction) {
    services.follow(eviction);
    VMEvictionStatus status = eviction.status();
    say(eviction, ExecutionTransferred, Reason.Switched, "the guest runs on " + status.targetNode);
    say(eviction, WorkingSetResident, Reason.Resident, "all memory is on " + status.targetNode);
    if (status.timing.executionTransferred == null) {
      status.timing.executionTransferred = eviction.now();
    }
    if (status.timing.workingSetResident == null) {
      status.timing.workingSetResident = eviction.now();
    }
    status.transfer = complete(status.transfer);
    status.plan =
        Transfer.complete(
            status.plan, Duration.between(status.timing.executionTransferred, eviction.now()));
    return Ends.succeeded(eviction);
  }

  /** The last report of an agent may be from before the end. */
  private static TransferStatus complete(TransferStatus last) {
    return last == null
        ? null
        : new TransferStatus(
            last.hotPercent() == null ? null : 100,
            100,
            last.pulledPages(),
            last.remoteFaults(),
            MissedFaults.percent(last),
            last.downtimeMilliseconds());
  }

  private Step failed(
      Eviction eviction,
      Optional<VirtualMachineInstanceMigration> migration,
      Optional<VirtualMachineInstance> vm,
      Optional<MigrationState> state) {
    String why = state.map(MigrationState::failureReason).orElse("KubeVirt gives no reason");
    boolean deleted = deletions.concern(eviction);
    if (hasMoved(eviction, state) && !deleted) {
      return Step.End.failed(
          Reason.GuestLost,
          "the guest was lost while its memory was on two nodes: %s. Its VirtualMachine starts it again, if its run strategy says so."
              .formatted(why));
    }
    if (deleted || vm.filter(VirtualMachineInstance::runs).isEmpty()) {
      return Step.End.failed(
          Reason.VmiNotRunning, "the VM stopped or was deleted while it was being evicted");
    }
    if (eviction.isCalledOff()) {
      return Ends.calledOff();
    }
    if (eviction.isOverdue()) {
      return Ends.overdue(eviction, why);
    }
    if (isDeleted(migration)) {
      return Step.End.failed(
          Reason.MigrationDeleted,
          "VirtualMachineInstanceMigration %s was deleted by somebody else: the VM runs on where it was. To evict it, create another VMEviction."
              .formatted(eviction.status().migrationName));
    }
    boolean begun = state.filter(it -> it.startTimestamp() != null).isPresent();
    if (begun && eviction.mode().isPostCopy() && eviction.adopted().isEmpty()) {
      return stepDown(eviction, why);
    }
    return Step.End.failed(
        Reason.MigrationFailed, "KubeVirt's migration failed, the VM runs on where it was: " + why);
  }

  private static boolean isDeleted(Optional<VirtualMachineInstanceMigration> migration) {
    return migration.map(it -> it.getMetadata().getDeletionTimestamp() != null).orElse(true);
  }

  private static boolean hasMoved(Eviction eviction, Optional<MigrationState> state) {
    return eviction.status().timing.executionTransferred != null
        || state.filter(it -> "PostCopy".equals(it.mode())).isPresent();
  }

  /** The guest is safe, so what could not be done by post-copy is tried by pre-copy. */
  private Step stepDown(Eviction eviction, String why) {
    source.forget(eviction);
    VMEvictionStatus status = eviction.status();
    status.mode = EvictionMode.PreCopy;
    status.targetNode = null;
    eviction.say(
        ReadyToEvict,
        True,
        Reason.PostCopyFailed,
        "migration by post-copy failed, so it goes by pre-copy: " + why);
    return Step.Go.to(EvictionPhase.Preparing);
  }

  /** Says that it holds, unless that was said already, perhaps in better words. */
  private static void say(
      Eviction eviction, EvictionCondition.Type type, Reason reason, String message) {
    if (!eviction.holds(type)) {
      eviction.say(type, True, reason, message);
    }
  }
}
