package io.hotfoot.operator.phase;

import io.hotfoot.operator.agent.AgentReports;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Policies;
import io.hotfoot.operator.kubevirt.Vms;
import io.hotfoot.operator.steering.HintCollection;
import io.hotfoot.operator.steering.SourceSide;
import io.hotfoot.operator.steering.TargetSide;

/** Removes what an eviction made: the label, the policy, what the agents keep. */
class CleanUp {
  private final Vms vms;
  private final Policies policies;
  private final HintCollection hints;
  private final AgentReports reports;
  private final SourceSide source;
  private final TargetSide target;

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
    vms.unlabel(eviction.namespace(), eviction.spec().vmiName());
    policies.releaseFor(eviction.uid());
    hints.forget(eviction);
    source.forget(eviction);
    target.forget(eviction);
    reports.forget(eviction.uid());
  }
}
