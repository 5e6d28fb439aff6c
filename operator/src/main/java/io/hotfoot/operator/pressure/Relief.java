package io.hotfoot.operator.pressure;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicyStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.agent.Wakeups;
import io.hotfoot.operator.eviction.EventRecorder;
import io.hotfoot.operator.kubevirt.Installation;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.kubevirt.Nodes;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** One turn of a policy: sees which of its nodes are pressed, and relieves them. */
public class Relief {
  private final KubernetesClient client;
  private final Nodes nodes;
  private final Migrations migrations;
  private final Installation installation;
  private final Evictor evictor;
  private final Wakeups<NodePressurePolicy> wakeups;
  private final PressureWatches watches;
  private final EventRecorder events;
  private final MeterRegistry registry;
  private final Map<String, MultiGauge> gauges = new HashMap<>();
  private final Clock clock;

  public Relief(KubernetesClient client, NodeAgents agents, MeterRegistry registry, Clock clock) {
    this.client = client;
    this.nodes = new Nodes(client);
    this.migrations = new Migrations(client);
    this.installation = new Installation(client);
    this.evictor = new Evictor(client);
    this.wakeups = new Wakeups<>();
    this.watches = new PressureWatches(agents, clock, wakeups);
    this.events = new EventRecorder(client);
    this.registry = registry;
    this.clock = clock;
  }

  /** Has a policy looked at when its nodes have news. */
  public Wakeups<NodePressurePolicy> wakeups() {
    return wakeups;
  }

  /** A policy of which this says no is watched for no more. */
  public void forgetUnless(Predicate<NodePressurePolicy> exists) {
    watches.forgetUnless(exists);
  }

  /**
   * Does what is to be done now, and tells it as the policy's new status. One policy at a time:
   * they share the cluster's room.
   */
  public synchronized NodePressurePolicyStatus proceed(NodePressurePolicy policy) {
    Instant now = clock.instant();
    List<String> mine = nodesOf(policy);
    List<String> receiving = nodes.receiving(policy.getSpec().target().nodeSelector());
    Set<String> watched = new TreeSet<>(mine);
    watched.addAll(receiving);
    watches.watch(policy, watched);
    Map<String, NodePressure> reports =
        watched.stream()
            .flatMap(node -> watches.on(node, policy).stream())
            .collect(Collectors.toMap(NodePressure::node, Function.identity()));
    List<NodePressure> pressed =
        mine.stream()
            .flatMap(node -> Optional.ofNullable(reports.get(node)).stream())
            .filter(NodePressure::pressed)
            .sorted(Comparator.comparingInt(NodePressure::percent).reversed())
            .toList();

    StatusDraft status = new StatusDraft(policy, now);
    status.sees(mine, reports, node -> watches.problem(node, policy));
    // One node at a time: what was begun for the first counts for the next.
    for (NodePressure node : pressed) {
      History history = history(now);
      if (!status.stillEvicts(node.node(), history)) {
        status.decided(decide(policy, node, reports.values(), receiving, history));
      }
    }
    history(now).last(policy).ifPresent(status::lastEviction);
    measure(policy, mine);
    return status.done(decision -> announce(policy, decision));
  }

  private List<String> nodesOf(NodePressurePolicy policy) {
    List<String> mine = new ArrayList<>(nodes.withVms(policy.getSpec().nodeSelector()));
    client.resources(NodePressurePolicy.class).list().getItems().stream()
        .filter(other -> isOlder(other, policy))
        .forEach(other -> mine.removeAll(nodes.withVms(other.getSpec().nodeSelector())));
    return mine;
  }

  private static boolean isOlder(NodePressurePolicy one, NodePressurePolicy other) {
    return Comparator.comparing((NodePressurePolicy it) -> it.getMetadata().getCreationTimestamp())
            .thenComparing(it -> it.getMetadata().getName())
            .compare(one, other)
        < 0;
  }

  private History history(Instant now) {
    return new History(client.resources(VMEviction.class).inAnyNamespace().list().getItems(), now);
  }

  private NodePressureStatus decide(
      NodePressurePolicy policy,
      NodePressure node,
      Collection<NodePressure> reports,
      List<String> receiving,
      History history) {
    Decision decision = new Decision(node, clock.instant());
    List<VirtualMachineInstanceMigration> active = migrations.active();
    Optional<String> stopped = history.stopped(policy);
    if (stopped.isPresent()) {
      return decision.of(Outcome.Stopped, stopped.get());
    }
    Optional<String> wait = history.noRoom(policy, node.node()).or(() -> kubeVirtIsBusy(active));
    if (wait.isPresent()) {
      return decision.of(Outcome.Waiting, wait.get());
    }
    var candidates = new Candidates(client, policy.getSpec(), history, vmsOf(active));
    var receivers = new Receivers(policy.getSpec().target(), history, reports);
    List<String> others = receiving.stream().filter(it -> !it.equals(node.node())).toList();
    Choice choice =
        new Chooser(node.shortOf().orElseThrow(), receivers.among(others))
            .choose(candidates.on(node));
    if (choice.pick().isEmpty()) {
      return decision.of(Outcome.NothingGood, choice.explanation());
    }
    return policy.getSpec().enforcement() == Enforcement.DryRun
        ? decision.would(choice)
        : decision.evicted(choice, evictor.evict(policy, node, choice));
  }

  /** Beyond its limits KubeVirt lets migrations wait; a queue of them would help nobody. */
  private Optional<String> kubeVirtIsBusy(List<VirtualMachineInstanceMigration> active) {
    int limit = installation.parallelPerCluster();
    return active.size() < limit
        ? Optional.empty()
        : Optional.of("KubeVirt's parallelMigrationsPerCluster of " + limit + " is reached");
  }

  private static Set<String> vmsOf(List<VirtualMachineInstanceMigration> migrations) {
    return migrations.stream()
        .map(it -> it.getMetadata().getNamespace() + "/" + it.getSpec().vmiName())
        .collect(Collectors.toSet());
  }

  private void announce(NodePressurePolicy policy, NodePressureStatus decision) {
    events.decided(policy, decision);
    registry
        .counter("hotfoot.pressure.decisions", "outcome", decision.outcome().name())
        .increment();
  }

  /** Gauges that ask when they are read; a node that has not reported lately is not a number. */
  private void measure(NodePressurePolicy policy, List<String> mine) {
    MultiGauge gauge =
        gauges.computeIfAbsent(
            policy.getMetadata().getName(),
            name ->
                MultiGauge.builder("hotfoot.node.pressure")
                    .description("most that a node loses to waiting by any trigger of a policy")
                    .baseUnit("percent")
                    .tag("policy", name)
                    .register(registry));
    gauge.register(
        mine.stream()
            .map(node -> MultiGauge.Row.of(Tags.of("node", node), () -> percent(policy, node)))
            .toList(),
        true);
  }

  private Number percent(NodePressurePolicy policy, String node) {
    return watches.on(node, policy).<Number>map(NodePressure::percent).orElse(Double.NaN);
  }
}
