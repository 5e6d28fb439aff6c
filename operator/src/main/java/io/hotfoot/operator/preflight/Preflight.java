package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.eviction.Eviction;
import java.util.List;
import java.util.Optional;

/** All checks before a VM is touched, each after those whose facts it builds on. */
public class Preflight {
  private final Situation.Sources sources;
  private final Places places;
  private final List<Check> checks;

  public Preflight(
      Cluster cluster, Situation.Sources sources, Places places, String operatorVersion) {
    this.sources = sources;
    this.places = places;
    Evictions evictions = new Evictions(cluster);
    this.checks =
        List.of(
            new VmRuns(),
            new VmIsLiveMigratable(),
            new NoOtherEviction(evictions),
            new NoOtherMigration(),
            new KubeVirtIsReady(),
            new MigrationLimitsLeaveRoom(evictions, places),
            new TargetNodeExists(),
            new VirtHandlersAreSteady(),
            new NoHostDevices(),
            new NoVhostUserDevices(),
            new HugePagesAreSmall(),
            new AgentsAreReady(operatorVersion),
            new NodesAllowPostCopy(),
            new LinkIsSound(),
            new QemuCombinesMultifd(),
            new TargetHasMemory());
  }

  /** How a ready VM is to be moved, which has then taken its place, or why it is not ready. */
  public sealed interface Result {
    record Ready(String sourceNode, EvictionMode mode, Reason reason, String message)
        implements Result {}

    record NotYet(Reason reason, String message) implements Result {}

    record Never(Reason reason, String message) implements Result {}
  }

  /** Makes the checks for nothing but their own sake, as far as they pass. */
  public void rehearse(Eviction eviction) {
    check(eviction.spec().mode(), new Situation(eviction, sources));
  }

  public Result examine(Eviction eviction) {
    Situation situation = new Situation(eviction, sources);
    Result result = check(eviction.spec().mode(), situation);
    if (!(result instanceof Result.Ready)) {
      return result;
    }
    Optional<Verdict.Wait> full = places.take(eviction, situation.sourceNode());
    return full.isPresent() ? new Result.NotYet(full.get().reason(), full.get().message()) : result;
  }

  private Result check(EvictionMode wanted, Situation situation) {
    EvictionMode mode = wanted;
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
