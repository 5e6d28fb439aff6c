package io.hotfoot.operator.pressure;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicyStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.agent.Wakeups;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.eviction.EventRecorder;
import io.hotfoot.operator.kubevirt.Installation;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.kubevirt.Nodes;
import io.hotfoot.operator.kubevirt.Vms;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** One turn of a policy: sees which of its nodes are pressed, and relieves them. */
public class Relief {
  /** So many evictions may begin in one turn of a policy, for the sake of the others' turns. */
  private static final int AT_ONCE = 10;

  private final Cluster cluster;
  private final Nodes nodes;
  private final Migrations migrations;
  private final Installation installation;
  private final Evictor evictor;
  private final Adopter adopter;
  private final Wakeups<NodePressurePolicy> wakeups;
  private final PressureWatches watches;
  private final EventRecorder events;
  private final MeterRegistry registry;
  private final Map<String, MultiGauge> gauges = new HashMap<>();
  private final Map<String, Set<String>> measured = new HashMap<>();
  private final Clock clock;

  public Relief(
      KubernetesClient client,
      Cluster cluster,
      NodeAgents agents,
      MeterRegistry registry,
      Clock clock) {
    this.cluster = cluster;
    this.nodes = new Nodes(cluster);
    this.migrations = new Migrations(client, cluster);
    this.installation = new Installation(cluster);
    this.evictor = new Evictor(client, cluster);
    this.adopter = new Adopter(client, cluster, new Vms(client, cluster));
    this.wakeups = new Wakeups<>();
    this.watches = new PressureWatches(agents, clock, wakeups);
    this.events = new EventRecorder(client);
    this.registry = registry;
    this.clock = clock;
    cluster.onMigrations(new Adoptable());
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
    Set<String> mine = nodesOf(policy);
    List<String> receiving = nodes.receiving(policy.getSpec().target().nodeSelector());
    Set<String> watched = new HashSet<>(mine);
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
    Turn turn = turn(policy, reports, receiving);
    int began = 0;
    for (NodePressure node : pressed) {
      if (began == AT_ONCE) {
        wakeups.wake(policy);
        break;
      }
      if (!status.stillEvicts(node.node(), turn.history)) {
        NodePressureStatus decision = decide(policy, node, turn);
        status.decided(decision);
        if (decision.outcome() == Outcome.Evicted) {
          // What was begun for one node counts for the next.
          turn = turn(policy, reports, receiving);
          began++;
        }
      }
    }
    turn.history.last(policy).ifPresent(status::lastEviction);
    measure(policy, mine);
    if (adopter.proceed(policy, mine)) {
      wakeups.wake(policy);
    }
    return status.done(decision -> announce(policy, decision));
  }

  /** What the decisions of one turn go by, until an eviction has begun. */
  private record Turn(History history, List<Receiver> receivers) {}

  private Turn turn(
      NodePressurePolicy policy, Map<String, NodePressure> reports, List<String> receiving) {
    Instant now = clock.instant();
    History history = new History(evictor.evictions(now), now);
    return new Turn(
        history, new Receivers(policy.getSpec().target(), history, reports).among(receiving));
  }

  private Set<String> nodesOf(NodePressurePolicy policy) {
    Set<String> mine = new LinkedHashSet<>(nodes.withVms(policy.getSpec().nodeSelector()));
    cluster.policies().stream()
        .filter(other -> isOlder(other, policy))
        .forEach(other -> nodes.withVms(other.getSpec().nodeSelector()).forEach(mine::remove));
    return mine;
  }

  private static boolean isOlder(NodePressurePolicy one, NodePressurePolicy other) {
    return Comparator.comparing((NodePressurePolicy it) -> it.getMetadata().getCreationTimestamp())
            .thenComparing(it -> it.getMetadata().getName())
            .compare(one, other)
        < 0;
  }

  private NodePressureStatus decide(NodePressurePolicy policy, NodePressure node, Turn turn) {
    Decision decision = new Decision(node, clock.instant());
    History history = turn.history;
    List<VirtualMachineInstanceMigration> active = migrations.active();
    Optional<String> stopped = history.stopped(policy);
    if (stopped.isPresent()) {
      return decision.of(Outcome.Stopped, stopped.get());
    }
    Optional<String> wait = history.noRoom(policy, node.node()).or(() -> kubeVirtIsBusy(active));
    if (wait.isPresent()) {
      return decision.of(Outcome.Waiting, wait.get());
    }
    var candidates = new Candidates(cluster, policy.getSpec(), history, vmsOf(active));
    Choice choice =
        new Chooser(node.shortOf().orElseThrow(), turn.receivers).choose(candidates.on(node));
    if (choice.pick().isEmpty()) {
      return decision.of(Outcome.NothingGood, choice.explanation());
    }
    if (policy.getSpec().enforcement() == Enforcement.DryRun) {
      return decision.would(choice);
    }
    return evictor
        .evict(policy, node, choice)
        .map(eviction -> decision.evicted(choice, eviction))
        .orElseGet(() -> decision.of(Outcome.Waiting, "an eviction has just begun on this node"));
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
  private void measure(NodePressurePolicy policy, Set<String> mine) {
    if (mine.equals(measured.put(policy.getMetadata().getName(), mine))) {
      return;
    }
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

  /** Wakes the policy that adopts a migration: KubeVirt lets a second pass before it begins. */
  private class Adoptable implements ResourceEventHandler<VirtualMachineInstanceMigration> {
    @Override
    public void onAdd(VirtualMachineInstanceMigration migration) {
      String adopter = Relief.this.adopter.adopterOf(migration);
      cluster.policies().stream()
          .filter(it -> it.getMetadata().getName().equals(adopter))
          .forEach(wakeups::wake);
    }

    @Override
    public void onUpdate(
        VirtualMachineInstanceMigration before, VirtualMachineInstanceMigration after) {}

    @Override
    public void onDelete(VirtualMachineInstanceMigration migration, boolean unknownFinalState) {}
  }
}
