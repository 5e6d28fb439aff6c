package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.agent.MendedWatch;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.agent.Wakeups;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The latest report of each node on its pressure, for each policy, by watches that mend themselves.
 */
public class PressureWatches {
  private static final Duration RECONNECT = Duration.ofSeconds(2);

  /** An agent reports every second; one that does not is not believed any more. */
  private static final Duration STALE = Duration.ofSeconds(5);

  /** Agents look ten times a second; who tells more is not listened to for a while. */
  private static final int REPORTS_A_SECOND = 20;

  private static final Duration IGNORED = Duration.ofSeconds(30);

  private final NodeAgents agents;
  private final Clock clock;
  private final Wakeups<NodePressurePolicy> wakeups;
  private final Map<Key, Watched> watched = new ConcurrentHashMap<>();
  private volatile Predicate<NodePressurePolicy> exists = policy -> true;

  public PressureWatches(NodeAgents agents, Clock clock, Wakeups<NodePressurePolicy> wakeups) {
    this.agents = agents;
    this.clock = clock;
    this.wakeups = wakeups;
  }

  /** A policy that no longer exists is forgotten. */
  public void forgetUnless(Predicate<NodePressurePolicy> policyExists) {
    exists = policyExists;
  }

  /** Watches these nodes for this policy from now on, and no others. */
  public void watch(NodePressurePolicy policy, Collection<String> nodes) {
    String uid = policy.getMetadata().getUid();
    Long generation = policy.getMetadata().getGeneration();
    drop(
        it ->
            it.key.policyUid.equals(uid)
                && (!nodes.contains(it.key.node)
                    || !it.generation().equals(generation)
                    || it.wasIgnoredLongEnough()));
    for (String node : nodes) {
      Key key = new Key(uid, node);
      if (!watched.containsKey(key)) {
        Watched watch = new Watched(key, policy);
        watched.put(key, watch);
        // Thousands of connections take a while; nobody is to wait for them.
        Thread.ofVirtual().start(watch.stream::open);
      }
    }
  }

  /** What this node's agent said last; absent where it has not, or not for a while. */
  public Optional<NodePressure> on(String node, NodePressurePolicy policy) {
    return Optional.ofNullable(watched.get(new Key(policy.getMetadata().getUid(), node)))
        .filter(it -> it.reportedAt.isAfter(clock.instant().minus(STALE)))
        .map(it -> it.last);
  }

  /** What is wrong with this node's reports; null: nothing. */
  public String problem(String node, NodePressurePolicy policy) {
    Watched watch = watched.get(new Key(policy.getMetadata().getUid(), node));
    if (watch != null && watch.problem != null) {
      return watch.problem;
    }
    return on(node, policy).isPresent()
        ? null
        : "the agent on node " + node + " has not reported for " + STALE.toSeconds() + " s";
  }

  private void drop(Predicate<Watched> which) {
    watched.values().stream()
        .filter(which)
        .toList()
        .forEach(
            it -> {
              watched.remove(it.key, it);
              it.stream.close();
            });
  }

  private record Key(String policyUid, String node) {}

  private class Watched {
    private final Key key;
    private final NodePressurePolicy policy;
    private final MendedWatch stream;
    private final RecentUsage recent = new RecentUsage();
    private volatile NodePressure last;
    private volatile Instant reportedAt = Instant.MIN;
    private volatile String problem;
    private volatile Instant ignoredSince;
    private Instant second = Instant.MIN;
    private int reports;

    Watched(Key key, NodePressurePolicy policy) {
      this.key = key;
      this.policy = policy;
      this.stream =
          new MendedWatch(
              RECONNECT,
              onBreak ->
                  agents
                      .on(key.node)
                      .watchPressure(PressureMessages.request(policy), this::accept, onBreak),
              this::broken);
    }

    Long generation() {
      return policy.getMetadata().getGeneration();
    }

    private void broken(AgentException why) {
      if (exists.test(policy)) {
        say(why.getMessage());
      } else {
        drop(it -> it == this);
      }
    }

    private void accept(PressureReport report) {
      if (!exists.test(policy)) {
        drop(it -> it == this);
        return;
      }
      if (floods()) {
        return;
      }
      Optional<String> objection = PressureMessages.objection(policy, report);
      if (objection.isPresent()) {
        say(
            "the agent on node %s reports what cannot be (%s) and is not believed: is it of this version?"
                .formatted(key.node, objection.get()));
        return;
      }
      Instant at = clock.instant();
      NodePressure now = NodePressure.of(key.node, policy, recent.with(report, at));
      NodePressure before = last;
      last = now;
      reportedAt = at;
      say(now.unavailable().map(why -> "node " + key.node + ": " + why).orElse(null));
      // Mere progress is read at the policy's next turn.
      if (now.pressed() != (before != null && before.pressed())) {
        wakeups.wake(policy);
      }
    }

    /** The stream is given up then, so that it costs nothing more. */
    private synchronized boolean floods() {
      if (ignoredSince != null) {
        return true;
      }
      Instant now = clock.instant();
      if (second.plusSeconds(1).isAfter(now)) {
        reports++;
      } else {
        second = now;
        reports = 1;
      }
      if (reports <= REPORTS_A_SECOND) {
        return false;
      }
      ignoredSince = now;
      last = null;
      reportedAt = Instant.MIN;
      say(
          "the agent on node %s sends more than %d reports a second and is ignored for %d s: is it of this version?"
              .formatted(key.node, REPORTS_A_SECOND, IGNORED.toSeconds()));
      Thread.ofVirtual().start(stream::close);
      return true;
    }

    boolean wasIgnoredLongEnough() {
      return ignoredSince != null && ignoredSince.isBefore(clock.instant().minus(IGNORED));
    }

    private void say(String what) {
      boolean news = what != null && !what.equals(problem);
      problem = what;
      if (news) {
        wakeups.wake(policy);
      }
    }
  }
}
