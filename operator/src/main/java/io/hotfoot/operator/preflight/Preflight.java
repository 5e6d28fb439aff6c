package io.hotfoot.operator.preflight;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.operator.eviction.Eviction;
import java.util.List;

/** All checks before a VM is touched, each after those whose facts it builds on. */
public class Preflight {
  private final Situation.Sources sources;
  private final List<Check> checks;

  public Preflight(KubernetesClient client, Situation.Sources sources, String operatorVersion) {
    this.sources = sources;
    Evictions evictions = new Evictions(client);
    this.checks =
        List.of(
            new VmRuns(),
            new VmIsLiveMigratable(),
            new NoOtherEviction(evictions),
            new NoOtherMigration(),
            new KubeVirtIsReady(),
            new TargetNodeExists(),
            new VirtHandlersAreSteady(),
            new MigrationLimitsLeaveRoom(evictions),
            new NoHostDevices(),
            new AgentsAreReady(operatorVersion),
            new NodesAllowPostCopy(),
            new QemuCombinesMultifd());
  }

  /** How a ready VM is to be moved, or why it is not ready. */
  public sealed interface Result {
    record Ready(String sourceNode, EvictionMode mode, Reason reason, String message)
        implements Result {}

    record NotYet(Reason reason, String message) implements Result {}

    record Never(Reason reason, String message) implements Result {}
  }

  public Result examine(Eviction eviction) {
    Situation situation = new Situation(eviction, sources);
    EvictionMode mode = eviction.spec().mode();
    Reason reason = Reason.ChecksPassed;
    String message = "all checks have passed";
    for (Check check : checks) {
      if (!check.appliesTo(mode)) {
        continue;
      }
      switch (check.examine(situation)) {
        case Verdict.Pass pass -> {}
        case Verdict.Wait wait -> {
          return new Result.NotYet(wait.reason(), wait.message());
        }
        case Verdict.Refuse refuse -> {
          return new Result.Never(refuse.reason(), refuse.message());
        }
        case Verdict.StepDown down -> {
          mode = down.to();
          reason = down.reason();
          message = down.message();
        }
      }
    }
    return new Result.Ready(situation.sourceNode(), mode, reason, message);
  }
}
