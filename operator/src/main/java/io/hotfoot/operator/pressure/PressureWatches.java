package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.PressureResource;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.agent.v1.WatchPressureRequest;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.PressureTrigger;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.agent.MendedWatch;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.agent.Wakeups;
import io.hotfoot.operator.eviction.Durations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
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

  private static final int VMS_MAX = 1000;

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
                && (!nodes.contains(it.key.node) || !it.generation().equals(generation)));
    for (String node : nodes) {
      watched.computeIfAbsent(new Key(uid, node), key -> new Watched(key, policy)).stream.open();
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
    private volatile NodePressure last;
    private volatile Instant reportedAt = Instant.MIN;
    private volatile String problem;

    Watched(Key key, NodePressurePolicy policy) {
      this.key = key;
      this.policy = policy;
      this.stream =
          new MendedWatch(
              RECONNECT,
              onBreak -> agents.on(key.node).watchPressure(request(policy), this::accept, onBreak),
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
      if (!isSound(report)) {
        say("the agent on node " + key.node + " reports what cannot be: is it of this version?");
        return;
      }
      NodePressure now = NodePressure.of(key.node, policy, report);
      NodePressure before = last;
      last = now;
      reportedAt = clock.instant();
      say(now.unavailable().map(why -> "node " + key.node + ": " + why).orElse(null));
      // Mere progress is read at the policy's next turn.
      if (before == null || before.pressed() != now.pressed()) {
        wakeups.wake(policy);
      }
    }

    private void say(String what) {
      boolean news = what != null && !what.equals(problem);
      problem = what;
      if (news) {
        wakeups.wake(policy);
      }
    }

    private boolean isSound(PressureReport report) {
      return report.getTriggersCount() == policy.getSpec().triggers().size()
          && report.getVmsCount() <= VMS_MAX
          && report.getTriggersList().stream().allMatch(Watched::isSound);
    }

    private static boolean isSound(TriggerState state) {
      return state.getPercent() >= 0 && state.getPercent() <= 100;
    }
  }

  private static WatchPressureRequest request(NodePressurePolicy policy) {
    List<PressureTrigger> triggers = policy.getSpec().triggers();
    return WatchPressureRequest.newBuilder()
        .addAllTriggers(triggers.stream().map(PressureWatches::message).toList())
        .build();
  }

  private static io.hotfoot.agent.v1.PressureTrigger message(PressureTrigger trigger) {
    var message =
        io.hotfoot.agent.v1.PressureTrigger.newBuilder()
            .setResource(
                switch (trigger.resource()) {
                  case cpu -> PressureResource.PRESSURE_CPU;
                  case memory -> PressureResource.PRESSURE_MEMORY;
                  case io -> PressureResource.PRESSURE_IO;
                });
    return trigger.availableBelow() == null
        ? message
            .setFull(trigger.stall() == PressureTrigger.Stall.Full)
            .setThresholdPercent(trigger.thresholdPercent())
            .setWindowMs((int) Durations.parse(trigger.window()).toMillis())
            .build()
        : message
            .setAvailableBelow(trigger.availableBelow().getNumericalAmount().longValue())
            .build();
  }
}
