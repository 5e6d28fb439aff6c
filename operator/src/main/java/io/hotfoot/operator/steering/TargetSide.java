package io.hotfoot.operator.steering;

import io.fabric8.kubernetes.api.model.Pod;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.agent.AgentReports;
import io.hotfoot.operator.agent.Background;
import io.hotfoot.operator.agent.HintSet;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.agent.TargetProgress;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Launchers;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Has the target's agent pull. */
public class TargetSide {
  private static final Logger LOG = Logger.getLogger(TargetSide.class);

  private final NodeAgents agents;
  private final AgentReports reports;
  private final Launchers launchers;
  private final Background<Long> pulls;
  private final Map<String, Instant> firstOffer = new ConcurrentHashMap<>();

  public TargetSide(
      NodeAgents agents, AgentReports reports, Launchers launchers, Background<Long> pulls) {
    this.agents = agents;
    this.reports = reports;
    this.launchers = launchers;
    this.pulls = pulls;
  }

  /** Gives the agent the hints, unless it has them; tries again at the next turn if that fails. */
  public void offer(Eviction eviction, HintSet hints) {
    firstOffer.putIfAbsent(eviction.uid(), eviction.now());
    Optional<Pod> launcher =
        launchers.target(eviction.status().migrationUid).filter(Launchers::isRunning);
    if (launcher.isEmpty() || hasHints(eviction)) {
      return;
    }
    String node = launcher.get().getSpec().getNodeName();
    VmRef vm = Launchers.ref(eviction.spec().vmiName(), launcher.get());
    pulls
        .ask(eviction.resource(), () -> agents.on(node).pull(eviction.uid(), vm, hints))
        .ifPresent(
            result -> {
              switch (result) {
                case Background.Result.Done<Long> done -> reports.watch(eviction.resource(), node);
                case Background.Result.Failed<Long> failed -> {
                  LOG.infof("%s; trying again", failed.cause().getMessage());
                  pulls.forget(eviction.uid());
                }
              }
              if (hasForgotten(eviction)) {
                pulls.forget(eviction.uid());
              }
            });
  }

  public Optional<TargetProgress> progress(Eviction eviction) {
    String node = eviction.status().targetNode;
    return node == null ? Optional.empty() : reports.target(eviction.uid(), node);
  }

  /** When the last page was seen to come; before that, when this operator began to ask for it. */
  public Instant lastNews(Eviction eviction) {
    return progress(eviction)
        .map(TargetProgress::grownAt)
        .orElse(firstOffer.getOrDefault(eviction.uid(), eviction.now()));
  }

  /** Has the agent pull no more; tells whether it could be told. */
  public boolean forget(Eviction eviction) {
    firstOffer.remove(eviction.uid());
    pulls.forget(eviction.uid());
    if (eviction.status().targetNode == null) {
      return true;
    }
    try {
      agents.on(eviction.status().targetNode).forget(eviction.uid());
      return true;
    } catch (AgentException e) {
      LOG.warnf("not forgotten by the target's agent: %s", e.getMessage());
      return false;
    }
  }

  private boolean hasHints(Eviction eviction) {
    return progress(eviction).isPresent() && !hasForgotten(eviction);
  }

  /** As an agent does that has been restarted. */
  private boolean hasForgotten(Eviction eviction) {
    return progress(eviction)
        .filter(it -> it.report().getState() == TargetReport.State.TARGET_UNKNOWN)
        .isPresent();
  }
}
