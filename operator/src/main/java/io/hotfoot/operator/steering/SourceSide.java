package io.hotfoot.operator.steering;

import io.hotfoot.agent.v1.ArmRequest;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.agent.AgentReports;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.eviction.Eviction;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Has the source's agent switch, throttle and release. */
public class SourceSide {
  private static final Logger LOG = Logger.getLogger(SourceSide.class);

  /** Nearly nothing; libvirt counts in MiB. */
  private static final long THROTTLE_BYTES = 1 << 20;

  private static final Duration LEASE = Duration.ofSeconds(8);
  private static final Duration RENEWAL = LEASE.dividedBy(3);

  private final NodeAgents agents;
  private final AgentReports reports;
  private final SourceVm sourceVm;
  private final Map<String, Armed> armed = new ConcurrentHashMap<>();

  /**
   * @param wanted the request without the VM's name, which need not be looked up for each look
   */
  private record Armed(Instant at, ArmRequest wanted) {}

  public SourceSide(NodeAgents agents, AgentReports reports, SourceVm sourceVm) {
    this.agents = agents;
    this.reports = reports;
    this.sourceVm = sourceVm;
  }

  public void watch(Eviction eviction) {
    reports.watch(eviction.resource(), eviction.status().sourceNode);
  }

  public Optional<SourceReport> report(Eviction eviction) {
    return reports.source(eviction.uid(), eviction.status().sourceNode);
  }

  /** When memory was last seen to leave the source; absent where its agent has not said so yet. */
  public Optional<Instant> lastMovement(Eviction eviction) {
    return reports.sourceMovedAt(eviction.uid(), eviction.status().sourceNode);
  }

  /**
   * Arms the agent although hints are still being taken: it switches without them if they come too
   * late.
   *
   * @throws AgentException if the agent does not take it
   */
  public void armBeforeHints(Eviction eviction) {
    arm(eviction, request(eviction).setThrottleBytes(THROTTLE_BYTES).setHintsFollow(true));
  }

  /**
   * Arms the agent, or renews its lease when that is due.
   *
   * @param hintedBytes of the pages that the target will pull; 0: none, and nothing is throttled
   * @throws AgentException if the agent does not take it
   */
  public void arm(Eviction eviction, long hintedBytes) {
    arm(
        eviction,
        request(eviction)
            .setThrottleBytes(hintedBytes > 0 ? THROTTLE_BYTES : 0)
            .setHintedBytes(hintedBytes));
  }

  private ArmRequest.Builder request(Eviction eviction) {
    return ArmRequest.newBuilder()
        .setEvictionUid(eviction.uid())
        .setLeaseMs((int) LEASE.toMillis())
        .setMigrationUid(eviction.status().migrationUid);
  }

  private void arm(Eviction eviction, ArmRequest.Builder request) {
    ArmRequest wanted = request.build();
    Armed last = armed.get(eviction.uid());
    boolean due =
        last == null
            || !last.wanted().equals(wanted)
            || !eviction.now().isBefore(last.at().plus(RENEWAL));
    if (due || hasForgotten(eviction)) {
      agents.on(eviction.status().sourceNode).arm(request.setVm(sourceVm.ref(eviction)).build());
      armed.put(eviction.uid(), new Armed(eviction.now(), wanted));
    }
  }

  /**
   * Lifts the throttle. If the agent cannot be reached, its lease lifts it.
   *
   * @param pulled since the hinted pages are there: the agent then waits for the guest to have most
   *     others, too
   */
  public void release(Eviction eviction, boolean pulled) {
    try {
      agents.on(eviction.status().sourceNode).release(eviction.uid(), pulled);
    } catch (AgentException e) {
      LOG.warnf("throttle not lifted, its lease will: %s", e.getMessage());
    }
  }

  /** Has the agent leave the VM alone; tells whether it could be told. */
  public boolean forget(Eviction eviction) {
    armed.remove(eviction.uid());
    try {
      agents.on(eviction.status().sourceNode).forget(eviction.uid());
      return true;
    } catch (AgentException e) {
      LOG.warnf("not forgotten by the source's agent: %s", e.getMessage());
      return false;
    }
  }

  /** As an agent does that has been restarted. */
  private boolean hasForgotten(Eviction eviction) {
    return report(eviction)
        .filter(it -> it.getState() == SourceReport.State.SOURCE_UNKNOWN)
        .isPresent();
  }
}
