package io.hotfoot.operator.pressure;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionBudget;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.PressureTrigger;
import io.hotfoot.api.v1alpha1.PressureTrigger.Resource;
import io.hotfoot.api.v1alpha1.Target;
import io.hotfoot.api.v1alpha1.TargetHeadroom;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.api.v1alpha1.VictimSelection;
import io.hotfoot.operator.eviction.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Nodes with 8 CPUs each, relieved by the policy's own parts. A node loses to waiting what its VMs
 * want beyond its CPUs. A VM that leaves frees its CPUs at once, and gets nothing done until it is
 * fast again on its new node. Steps are of 5 s, for half an hour.
 */
final class SimulatedCluster {
  private static final double CPUS = 8;
  private static final long GIB = 1L << 30;
  private static final int STEP_SECONDS = 5;
  private static final int STEPS = 360;
  private static final int DESCHEDULER_STEPS = 12;
  private static final int THRESHOLD = 15;
  private static final EvictionBudget BUDGET = new EvictionBudget(1, 2, 20, "10m", "30s", "10m");
  private static final NodePressurePolicy POLICY = policy();

  private final Rule rule;
  private final Random random;
  private final List<String> nodes;
  private final List<SimulatedVm> vms;
  private final List<VMEviction> evictions = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Map<String, List<SimulatedVm>> byNode;
  private double lostCpuSeconds;
  private long pressedSeconds;
  private int pingPongs;

  /** The same seed gives the same cluster and load for every rule. */
  SimulatedCluster(long seed, Rule rule) {
    this.rule = rule;
    this.random = new Random(seed);
    int count = 3 + random.nextInt(6);
    nodes = IntStream.range(0, count).mapToObj(i -> "n" + i).toList();
    vms =
        IntStream.range(0, count * 5)
            .mapToObj(i -> new SimulatedVm("vm" + i, count, random))
            .toList();
  }

  private static NodePressurePolicy policy() {
    NodePressurePolicy policy = new NodePressurePolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("relief").build());
    policy.setSpec(
        new NodePressurePolicySpec(
            null,
            List.of(
                new PressureTrigger(
                    Resource.cpu, PressureTrigger.Stall.Some, THRESHOLD, "5s", null, null, null)),
            new VictimSelection(null, null, null),
            new TargetHeadroom(null, 5, 10),
            BUDGET,
            Enforcement.Enforce,
            false));
    return policy;
  }

  SimulatedCluster run() {
    Random wander = new Random(random.nextLong());
    for (int step = 0; step < STEPS; step++) {
      now = now.plusSeconds(STEP_SECONDS);
      for (SimulatedVm vm : vms) {
        vm.wander(wander);
        arrive(vm);
      }
      byNode = vms.stream().collect(Collectors.groupingBy(vm -> vm.node));
      List<String> pressed = nodes.stream().filter(it -> percent(it) >= THRESHOLD).toList();
      if (rule != Rule.DESCHEDULER || step % DESCHEDULER_STEPS == 0) {
        pressed.forEach(this::relieve);
      }
      pressedSeconds += (long) STEP_SECONDS * pressed.size();
      lostCpuSeconds += STEP_SECONDS * lostCpus();
      if (rule != Rule.DESCHEDULER) {
        check();
      }
    }
    return this;
  }

  private List<SimulatedVm> on(String node) {
    return byNode.getOrDefault(node, List.of());
  }

  private double wanted(String node) {
    return on(node).stream().filter(vm -> !vm.isStarved()).mapToDouble(vm -> vm.load).sum();
  }

  private int percent(String node) {
    double wanted = wanted(node);
    return wanted <= CPUS ? 0 : (int) (100 * (wanted - CPUS) / wanted);
  }

  private double lostCpus() {
    double starved = vms.stream().filter(SimulatedVm::isStarved).mapToDouble(vm -> vm.load).sum();
    return starved + nodes.stream().mapToDouble(it -> Math.max(0, wanted(it) - CPUS)).sum();
  }

  /** Work that the VMs wanted to do and could not, by contention and by being moved. */
  double lostCpuSeconds() {
    return lostCpuSeconds;
  }

  /** How long nodes were pressed, all together. */
  long pressedSeconds() {
    return pressedSeconds;
  }

  int evictions() {
    return evictions.size();
  }

  /** VMs that came back within the half hour to a node that they had left. */
  int pingPongs() {
    return pingPongs;
  }

  /** What was done although a budget, a label or a cool-down forbids it. */
  List<String> broken() {
    return broken;
  }

  private NodePressure report(String node) {
    int percent = percent(node);
    double share = Math.min(1, CPUS / Math.max(0.01, wanted(node)));
    PressureReport report =
        PressureReport.newBuilder()
            .addTriggers(
                TriggerState.newBuilder().setPercent(percent).setHolds(percent >= THRESHOLD))
            .setMemoryTotal(256 * GIB)
            .setMemoryAvailable(256 * GIB - on(node).stream().mapToLong(vm -> vm.bytes).sum())
            .addAllVms(on(node).stream().map(vm -> vm.usage(vm.isStarved() ? 0 : share)).toList())
            .build();
    return NodePressure.of(node, POLICY, report);
  }

  private void relieve(String node) {
    History history = new History(evictions, now);
    NodePressure pressure = report(node);
    List<Candidate> candidates =
        pressure.report().getVmsList().stream()
            .map(usage -> candidate(vm(usage.getName()), history))
            .toList();
    if (rule == Rule.DESCHEDULER) {
      candidates.stream()
          .filter(it -> !vm(it.name()).isProtected && !vm(it.name()).isStarved())
          .findFirst()
          .ifPresent(it -> evict(new Choice.Pick(it, leastRequested(node)), node));
      return;
    }
    if (history.stopped(POLICY).isPresent() || history.noRoom(POLICY, node).isPresent()) {
      return;
    }
    List<String> others = nodes.stream().filter(it -> !it.equals(node)).toList();
    List<Receiver> receivers =
        new Receivers(
                POLICY.getSpec(),
                history,
                nodes.stream().collect(Collectors.toMap(Function.identity(), this::report)),
                it -> (long) (CPUS * 1000))
            .among(others);
    List<Candidate> free = candidates.stream().filter(it -> it.stays().isEmpty()).toList();
    new Chooser(new Score(Resource.cpu, Score.USUAL_LINK_BYTES), receivers)
        .choose(rule == Rule.OURS ? candidates : rule.among(free, random))
        .pick()
        .ifPresent(pick -> evict(pick, node));
  }

  private String leastRequested(String from) {
    return nodes.stream()
        .filter(it -> !it.equals(from))
        .min(Comparator.comparingLong(it -> on(it).stream().mapToLong(vm -> vm.bytes).sum()))
        .orElseThrow();
  }

  private SimulatedVm vm(String name) {
    return vms.get(Integer.parseInt(name.substring(2)));
  }

  private Candidate candidate(SimulatedVm vm, History history) {
    double share = Math.min(1, CPUS / wanted(vm.node));
    Optional<String> stays =
        vm.isProtected
            ? Optional.of("stays, protected by its label")
            : history.staysFor(
                SimulatedVm.NAMESPACE, vm.name, Durations.parse(BUDGET.vmCoolDown()));
    return new Candidate(vm.usage(share), (long) (vm.bytes * vm.hot), stays);
  }

  private void evict(Choice.Pick pick, String from) {
    SimulatedVm vm = vm(pick.vm().name());
    VMEviction eviction = new VMEviction();
    eviction.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(SimulatedVm.NAMESPACE)
            .withName("pressure-" + evictions.size())
            .withCreationTimestamp(now.toString())
            .withLabels(
                Map.of(
                    NodePressurePolicy.POLICY_LABEL, "relief", NodePressurePolicy.NODE_LABEL, from))
            .build());
    eviction.setSpec(
        new VMEvictionSpec(
            vm.name,
            EvictionMode.Enlightened,
            new Target(Map.of(Evictor.HOSTNAME, pick.target())),
            new Hints(Hints.Source.Auto, null),
            "2m",
            0,
            false,
            null,
            null,
            null));
    // The descheduler's migrations are KubeVirt's own: all memory moves before the VM is fast
    // again.
    long bytes = rule == Rule.DESCHEDULER ? vm.bytes : pick.vm().bytesUntilFast();
    VMEvictionStatus status = new VMEvictionStatus();
    status.phase = EvictionPhase.PostCopy;
    status.timing.executionTransferred = now;
    status.timing.completed = now.plusMillis((long) (1000 * (3 + bytes / Score.USUAL_LINK_BYTES)));
    eviction.setStatus(status);
    examine(vm, pick.target());
    evictions.add(eviction);
    vm.left.put(from, now);
    vm.eviction = eviction;
    vm.node = pick.target();
  }

  private void examine(SimulatedVm vm, String target) {
    if (vm.isProtected) {
      broken.add(vm.name + " is protected");
    }
    Duration coolDown = Durations.parse(BUDGET.vmCoolDown());
    if (vm.left.values().stream().anyMatch(it -> it.plus(coolDown).isAfter(now))) {
      broken.add(vm.name + " was moved within its cool-down");
    }
    if (vm.left.containsKey(target)) {
      pingPongs++;
    }
  }

  private void arrive(SimulatedVm vm) {
    if (vm.eviction != null && !vm.eviction.getStatus().timing.completed.isAfter(now)) {
      vm.eviction.getStatus().phase = EvictionPhase.Succeeded;
      vm.eviction = null;
    }
  }

  private void check() {
    List<VMEviction> active =
        evictions.stream().filter(it -> !it.getStatus().phase.isFinal()).toList();
    if (active.size() > BUDGET.atOncePerCluster()) {
      broken.add(active.size() + " at once in the cluster");
    }
    long from = active.stream().map(History::sourceOf).distinct().count();
    if (from < active.size()) {
      broken.add("two at once from one node");
    }
    if (evictions.size() > BUDGET.perHour()) {
      broken.add(evictions.size() + " within half an hour");
    }
  }
}
