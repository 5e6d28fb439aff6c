package io.hotfoot.operator.agent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.hotfoot.agent.v1.EvictionReport;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.api.v1alpha1.VMEviction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The latest reports of the agents on each running eviction, by watches that mend themselves. */
public class AgentReports {
  private static final Duration RECONNECT = Duration.ofMillis(500);

  private final NodeAgents agents;
  private final Clock clock;
  private final Wakeups<VMEviction> wakeups;
  private final Map<Key, Watched> watched = new ConcurrentHashMap<>();

  public AgentReports(NodeAgents agents, Clock clock, Wakeups<VMEviction> wakeups) {
    this.agents = agents;
    this.clock = clock;
    this.wakeups = wakeups;
  }

  /** Watches an eviction at the agent of one of its nodes, unless that is done already. */
  public void watch(HasMetadata eviction, String node) {
    Key key = new Key(eviction.getMetadata().getUid(), node);
    watched.computeIfAbsent(key, it -> new Watched(it, eviction)).stream.open();
  }

  /** The last word of the source's agent; absent until there is one. */
  public Optional<SourceReport> source(String evictionUid, String node) {
    return Optional.ofNullable(watched.get(new Key(evictionUid, node)))
        .flatMap(it -> Optional.ofNullable(it.last))
        .map(EvictionReport::getSource);
  }

  /** When memory was last seen to leave the source; absent until its agent has said so. */
  public Optional<Instant> sourceMovedAt(String evictionUid, String node) {
    return Optional.ofNullable(watched.get(new Key(evictionUid, node))).map(it -> it.sourceMovedAt);
  }

  /** How pulling goes on the target; absent until its agent has said so. */
  public Optional<TargetProgress> target(String evictionUid, String node) {
    return Optional.ofNullable(watched.get(new Key(evictionUid, node))).map(it -> it.progress);
  }

  public void forget(String evictionUid) {
    watched.keySet().stream()
        .filter(key -> key.evictionUid.equals(evictionUid))
        .toList()
        .forEach(
            key -> Optional.ofNullable(watched.remove(key)).ifPresent(it -> it.stream.close()));
  }

  private record Key(String evictionUid, String node) {}

  private class Watched implements Consumer<EvictionReport> {
    private final HasMetadata eviction;
    private final MendedWatch stream;
    private volatile EvictionReport last;
    private volatile TargetProgress progress;
    private volatile Instant sourceMovedAt;

    Watched(Key key, HasMetadata eviction) {
      this.eviction = eviction;
      this.stream =
          new MendedWatch(
              RECONNECT,
              onBreak -> agents.on(key.node).watch(key.evictionUid, this, onBreak),
              why -> {});
    }

    @Override
    public void accept(EvictionReport report) {
      Instant now = clock.instant();
      boolean news = last == null || !stateOf(last).equals(stateOf(report));
      // An agent that knows nothing of the eviction gives no role: it may have been restarted.
      if (!report.hasSource()) {
        progress = TargetProgress.of(report.getTarget(), progress, now);
      }
      if (report.hasSource() && (last == null || hasMoved(last.getSource(), report.getSource()))) {
        sourceMovedAt = now;
      }
      last = report;
      // Mere progress is read at the eviction's next turn.
      if (news) {
        wakeups.wake(eviction);
      }
    }

    private static boolean hasMoved(SourceReport before, SourceReport now) {
      return before.getState() != now.getState()
          || before.getMemoryRemaining() != now.getMemoryRemaining()
          || before.getRemoteFaults() != now.getRemoteFaults();
    }

    private static Enum<?> stateOf(EvictionReport report) {
      return report.hasSource() ? report.getSource().getState() : report.getTarget().getState();
    }
  }
}
