package io.hotfoot.operator.phase;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.False;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.True;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.Unknown;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.Completed;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.ExecutionTransferred;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.HintsCollected;

import io.fabric8.kubernetes.api.model.Pod;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Launchers;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.steering.HintCollection;
import io.hotfoot.operator.steering.HintOutcome;
import io.hotfoot.operator.steering.SourceSide;
import io.hotfoot.operator.steering.TargetSide;
import java.time.Instant;
import java.util.Optional;

/** KubeVirt migrates; the guest still runs on the source. Ends when execution has moved. */
class Migrating implements PhaseHandler {
  private final Migrations migrations;
  private final Launchers launchers;
  private final MigrationEnd end;
  private final Switch theSwitch;
  private final HintCollection hints;
  private final SourceSide source;
  private final TargetSide target;

  Migrating(
      Migrations migrations,
      Launchers launchers,
      MigrationEnd end,
      Switch theSwitch,
      HintCollection hints,
      SourceSide source,
      TargetSide target) {
    this.migrations = migrations;
    this.launchers = launchers;
    this.end = end;
    this.theSwitch = theSwitch;
    this.hints = hints;
    this.source = source;
    this.target = target;
  }

  @Override
  public Step proceed(Eviction eviction) {
    Optional<VirtualMachineInstanceMigration> migration = migrations.find(eviction);
    findTarget(eviction);
    Optional<Instant> switched = theSwitch.happened(eviction);
    // The agent may be quicker than the news of the pod.
    if (switched.isPresent() && eviction.status().targetNode != null) {
      return moved(eviction, switched.get());
    }
    Optional<Step> ended = end.of(eviction, migration);
    if (ended.isPresent()) {
      return ended.get();
    }
    if (switched.isPresent()) {
      return Step.TICK;
    }
    if (eviction.isCalledOff() || eviction.isOverdue()) {
      return callOff(eviction, migration.orElseThrow());
    }
    if (eviction.mode().isPostCopy()) {
      source.watch(eviction);
      steer(eviction, hints.outcome(eviction));
    }
    return Step.TICK;
  }

  private void findTarget(Eviction eviction) {
    Optional<Pod> launcher = launchers.target(eviction.status().migrationUid);
    launcher.ifPresent(pod -> eviction.status().targetNode = pod.getSpec().getNodeName());
    if (launcher.filter(Launchers::isRunning).isPresent()) {
      eviction.say(
          ExecutionTransferred,
          False,
          Reason.WaitingForSwitch,
          "KubeVirt prepares the migration to node " + eviction.status().targetNode);
    } else {
      eviction.say(
          ExecutionTransferred,
          False,
          Reason.WaitingForTarget,
          launcher
              .flatMap(Launchers::unschedulable)
              .map(why -> "no node takes the VM, make room or abort: " + why)
              .orElse("waiting for the pod that receives the VM"));
    }
  }

  private void steer(Eviction eviction, Optional<HintOutcome> hinted) {
    hinted.flatMap(HintOutcome::set).ifPresent(set -> target.offer(eviction, set));
    if (hinted.isEmpty() && eviction.status().hints == null) {
      eviction.say(HintsCollected, Unknown, Reason.Collecting, "hints are being taken");
    }
    try {
      if (hinted.isPresent()) {
        source.arm(eviction, hinted.get().bytes());
      } else {
        source.armBeforeHints(eviction);
      }
    } catch (AgentException e) {
      eviction.say(
          ExecutionTransferred,
          False,
          Reason.AgentUnavailable,
          e.getMessage() + "; trying again. KubeVirt switches by itself, later.");
    }
    source.report(eviction).ifPresent(report -> explainRefusal(eviction, report));
  }

  private static void explainRefusal(Eviction eviction, SourceReport report) {
    if (report.getState() == SourceReport.State.SOURCE_PRECOPY && !report.getError().isEmpty()) {
      eviction.say(
          ExecutionTransferred,
          False,
          Reason.WaitingForSwitch,
          "the switch was refused, trying again: " + report.getError());
    }
  }

  private static Step moved(Eviction eviction, Instant when) {
    eviction.status().timing.executionTransferred = when;
    eviction.say(
        ExecutionTransferred,
        True,
        Reason.Switched,
        "the guest runs on node " + eviction.status().targetNode);
    return Step.Go.to(EvictionPhase.PostCopy);
  }

  /** First the agent must let go, so that it does not switch while KubeVirt cancels. */
  private Step callOff(Eviction eviction, VirtualMachineInstanceMigration migration) {
    if (eviction.mode().isPostCopy()) {
      source.forget(eviction);
    }
    if (eviction.adopted().isPresent()) {
      return Ends.leftAlone();
    }
    migrations.cancel(migration);
    eviction.say(
        Completed,
        False,
        eviction.isCalledOff() ? Reason.Aborting : Reason.DeadlineExceeded,
        "waiting until KubeVirt has cancelled the migration");
    return Step.TICK;
  }
}
