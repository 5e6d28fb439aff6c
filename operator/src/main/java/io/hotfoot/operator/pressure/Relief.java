package io.hotfoot.operator.pressure;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.hotfoot.api.live.LiveNode;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicyStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.agent.Wakeups;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.eviction.EventRecorder;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.kubevirt.Nodes;
import io.hotfoot.operator.kubevirt.Vms;
import io.hotfoot.operator.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One turn of a policy: sees which of its nodes are pressed, and relieves them. */
public class Relief {
  private final KubernetesClient client;
  private final Cluster cluster;
  private final Nodes nodes;
  private final Decider decider;
  private final Evictor evictor;
  private final Adopter adopter;
  private final Wakeups<NodePressurePolicy> wakeups;
  private final PressureWatches watches;
  private final EventRecorder events;
  private final MeterRegistry registry;
  private final PressureGauges gauges;
  private final Clock clock;
  private Optional<Rehearsal> rehearsal = Optional.empty();
  private volatile boolean leads;

  public Relief(
      KubernetesClient client,
      Cluster cluster,
      NodeAgents agents,
      MeterRegistry registry,
      Clock clock) {
    this.client = client;
    this.cluster = cluster;
    this.nodes = new Nodes(cluster);
    this.evictor = new Evictor(client, cluster, clock);
    this.decider = new Decider(cluster, new Migrations(client, cluster), clock);
    this.adopter = new Adopter(client, cluster, new Vms(client, cluster));
    this.wakeups = new Wakeups<>();
    this.watches = new PressureWatches(agents, clock, wakeups);
    this.events = new EventRecorder(client);
    this.registry = registry;
    this.gauges = new PressureGauges(watches, registry);
    this.clock = clock;
    cluster.onMigrations(new Adoptable());
    cluster.onPolicies(new Gone());
  }

  /** Has a policy looked at when its nodes have news. */
  public Wakeups<NodePressurePolicy> wakeups() {
    return wakeups;
  }

  /**
   * Has evictions rehearsed while no node is pressed.
   *
   * @param checks makes an eviction's checks, without effect
   */
  public void rehearse(Consumer<VMEviction> checks) {
    rehearsal = Optional.of(new Rehearsal(client, cluster, clock, checks));
  }

  /** All watched nodes; those of the most pressed first. */
  public synchronized List<LiveNode> overview() {
    Instant now = clock.instant();
    History history = new History(evictor.evictions(now), now);
    return cluster.policies().stream()
        .flatMap(policy -> overview(policy, history))
        .sorted(
            Comparator.comparing(
                    (LiveNode node) -> Objects.requireNonNullElse(node.percent(), -1),
                    Comparator.reverseOrder())
                .thenComparing(LiveNode::name))
        .toList();
  }

  private Stream<LiveNode> overview(NodePressurePolicy policy, History history) {
    Set<String> mine = nodesOf(policy);
    mine.removeAll(claimed(policy, mine));
    var decisions = decider.decisions(policy, history, List.of());
    return mine.stream().map(new Overview(policy, watches, decisions)::of);
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
    leads = true;
    Instant now = clock.instant();
    Set<String> mine = nodesOf(policy);
    Set<String> claimed = claimed(policy, mine);
    mine.removeAll(claimed);
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
    status.sees(mine, reports, node -> watches.problem(node, policy), claimed.size());
    History history = new History(evictor.evictions(now), now);
    List<NodePressureStatus> calledOff = callOff(policy, history, reports);
    calledOff.forEach(status::decided);
    var receivers =
        new Receivers(policy.getSpec(), history, reports, nodes::cpuMilli).among(receiving);
    var decisions = decider.decisions(policy, history, receivers);
    for (NodePressure node : pressed) {
      boolean decided = calledOff.stream().anyMatch(it -> it.node().equals(node.node()));
      if (!decided && !status.stillEvicts(node.node(), history)) {
        NodePressureStatus decision = decide(policy, node, decisions);
        status.decided(decision);
        if (decision.outcome() == Outcome.Evicted) {
          // It counts for the other nodes: they have another turn, and others between.
          wakeups.wake(policy);
          break;
        }
      }
    }
    history.last(policy).ifPresent(status::lastEviction);
    if (pressed.isEmpty()) {
      rehearsal.ifPresent(it -> it.on(mine.stream().filter(reports::containsKey).toList()));
    }
    gauges.show(policy, mine);
    if (adopter.proceed(policy, mine)) {
      wakeups.wake(policy);
    }
    return status.done(decision -> announce(policy, decision));
  }

  private NodePressureStatus decide(
      NodePressurePolicy policy, NodePressure node, Decider.Turn decisions) {
    Decision decision = new Decision(node, clock.instant());
    Decider.Verdict verdict = decisions.on(node);
    if (verdict.choice() == null) {
      return decision.of(verdict.outcome(), verdict.message());
    }
    if (policy.getSpec().enforcement() == Enforcement.DryRun) {
      return decision.would(verdict.choice());
    }
    return evictor
        .evict(policy, node, verdict.choice())
        .map(eviction -> decision.evicted(verdict.choice(), eviction))
        .orElseGet(
            () ->
                decision.of(
                    Outcome.Waiting,
                    "another operator has just begun evictions: this is decided anew"));
  }

  /** Evictions that would only move the pressure: while a VM has not moved, it can stay. */
  private List<NodePressureStatus> callOff(
      NodePressurePolicy policy, History history, Map<String, NodePressure> reports) {
    List<NodePressureStatus> calledOff = new ArrayList<>();
    for (VMEviction eviction : history.notYetMoved(policy)) {
      NodePressure target = reports.get(History.targetOf(eviction));
      NodePressure source = reports.get(History.sourceOf(eviction));
      if (target != null && target.pressedBeyond(policy.getSpec().target().maxPressurePercent())) {
        evictor.callOff(eviction);
        String why =
            "%s stays: its target %s became pressed (%s) before it had moved, so its eviction was called off"
                .formatted(History.vmOf(eviction), target.node(), target.describe());
        calledOff.add(
            new Decision(source == null ? target : source, clock.instant())
                .of(Outcome.CalledOff, why));
      }
    }
    return calledOff;
  }

  private Set<String> nodesOf(NodePressurePolicy policy) {
    return new LinkedHashSet<>(nodes.withVms(policy.getSpec().nodeSelector()));
  }

  /** Those of these nodes that older policies name too. */
  private Set<String> claimed(NodePressurePolicy policy, Set<String> mine) {
    Set<String> theirs = new HashSet<>();
    cluster.policies().stream()
        .filter(other -> isOlder(other, policy))
        .forEach(other -> theirs.addAll(nodes.withVms(other.getSpec().nodeSelector())));
    theirs.retainAll(mine);
    return theirs;
  }

  private static boolean isOlder(NodePressurePolicy one, NodePressurePolicy other) {
    return Comparator.comparing((NodePressurePolicy it) -> it.getMetadata().getCreationTimestamp())
            .thenComparing(it -> it.getMetadata().getName())
            .compare(one, other)
        < 0;
  }

  private void announce(NodePressurePolicy policy, NodePressureStatus decision) {
    events.decided(policy, decision);
    Metric.PRESSURE_DECISIONS
        .counter(registry, policy.getMetadata().getName(), decision.outcome().name())
        .increment();
  }

  /** Takes its labels off the VMs when a policy is deleted. */
  private class Gone implements ResourceEventHandler<NodePressurePolicy> {
    @Override
    public void onAdd(NodePressurePolicy policy) {}

    @Override
    public void onUpdate(NodePressurePolicy before, NodePressurePolicy after) {}

    @Override
    public void onDelete(NodePressurePolicy policy, boolean unknownFinalState) {
      if (leads) {
        Thread.ofVirtual().start(() -> adopter.forget(policy.getMetadata().getName()));
      }
    }
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
