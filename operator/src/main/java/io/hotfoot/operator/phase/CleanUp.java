package io.hotfoot.operator.phase;

import io.hotfoot.operator.agent.AgentReports;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.eviction.Named;
import io.hotfoot.operator.kubevirt.Policies;
import io.hotfoot.operator.kubevirt.Vms;
import io.hotfoot.operator.steering.HintCollection;
import io.hotfoot.operator.steering.SourceSide;
import io.hotfoot.operator.steering.TargetSide;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Removes what an eviction made: the label, the policy, what the agents keep. */
class CleanUp {
  /** By then an agent has forgotten by itself. */
  private static final Duration AGENTS_REMEMBER = Duration.ofMinutes(15);

  private final Vms vms;
  private final Policies policies;
  private final HintCollection hints;
  private final AgentReports reports;
  private final SourceSide source;
  private final TargetSide target;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<String> untold = ConcurrentHashMap.newKeySet();

  CleanUp(
      Vms vms,
      Policies policies,
      HintCollection hints,
      AgentReports reports,
      SourceSide source,
      TargetSide target) {
    this.vms = vms;
    this.policies = policies;
    this.hints = hints;
    this.reports = reports;
    this.source = source;
    this.target = target;
  }

  /** Comes before the final phase is written, so that a restart does it again. */
  void after(Eviction eviction) {
    if (!eviction.hasBegun()) {
      return;
    }
    // The agents' answers are waited for while the API server's are.
    CompletableFuture<Boolean> told = tellAgentsMeanwhile(eviction);
    vms.unlabel(eviction.namespace(), eviction.spec().vmiName());
    policies.releaseFor(eviction.uid());
    hints.forget(eviction);
    if (!told.join()) {
      untold.add(eviction.uid());
    }
    reports.forget(eviction.uid());
  }

  /**
   * Tells the agents that could not be told at the end, cut off from this operator as the guest was
   * lost, say; true once there is nothing left to tell, or no use in it.
   */
  boolean isToldToAgents(Eviction eviction) {
    if (!untold.contains(eviction.uid())) {
      return true;
    }
    Instant forgotten = eviction.status().timing.completed.plus(AGENTS_REMEMBER);
    boolean told = eviction.now().isAfter(forgotten) || tellAgents(eviction);
    if (told) {
      untold.remove(eviction.uid());
    }
    return told;
  }

  private CompletableFuture<Boolean> tellAgentsMeanwhile(Eviction eviction) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (var _ = Named.after(eviction.resource())) {
            return tellAgents(eviction);
          }
        },
        threads);
  }

  private boolean tellAgents(Eviction eviction) {
    boolean sourceTold = source.forget(eviction);
    boolean targetTold = target.forget(eviction);
    return sourceTold && targetTold;
  }
}
