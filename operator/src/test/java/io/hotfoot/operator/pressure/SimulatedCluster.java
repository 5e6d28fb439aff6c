package io.hotfoot.operator.pressure;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.agent.v1.VmUsage;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Nodes with 8 CPUs each and VMs whose load wanders, relieved by the policy's own parts. A node
 * loses to waiting what its VMs want beyond its CPUs. A VM that leaves frees its CPUs at once, and
 * gets nothing done until it is fast again on its new node. Steps are of 5 s, for half an hour.
 */
final class SimulatedCluster {
  /** How the VM that leaves is chosen. */
  enum Rule {
    OURS,
    LARGEST,
    MOST_CPU,
    RANDOM
  }

  private static final int NODES = 5;
  private static final int VMS = 24;
  private static final double CPUS = 8;
  private static final long GIB = 1L << 30;
  private static final int STEP_SECONDS = 5;
  private static final int STEPS = 360;
  private static final int THRESHOLD = 15;
  private static final EvictionBudget BUDGET = new EvictionBudget(1, 2, 20, "10m", "30s");

  private final Random random;
  private final Rule rule;
  private final NodePressurePolicy policy = policy();
  private final List<Vm> vms = new ArrayList<>();
  private final List<VMEviction> evictions = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private double lostCpuSeconds;

  private static final class Vm {
    private final String name;
    private final long bytes;
    private final boolean isProtected;
    private final double usualLoad;
    private String node;
    private double load;
    private VMEviction leaves;

    Vm(String name, Random random) {
      this.name = name;
      bytes = (1 + random.nextInt(32)) * GIB;
      isProtected = random.nextInt(10) == 0;
      node = "n" + random.nextInt(NODES);
      usualLoad = random.nextDouble() * 2.5;
      load = usualLoad;
    }

    /** Its memory follows it. */
    boolean isStarved() {
      return leaves != null;
    }
  }

  SimulatedCluster(long seed, Rule rule) {
    this.random = new Random(seed);
    this.rule = rule;
    IntStream.range(0, VMS).forEach(i -> vms.add(new Vm("vm" + i, random)));
  }

  private static NodePressurePolicy policy() {
    NodePressurePolicy policy = new NodePressurePolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("relief").build());
    policy.setSpec(
        new NodePressurePolicySpec(
            null,
            List.of(
                new PressureTrigger(
                    Resource.cpu, PressureTrigger.Stall.Some, THRESHOLD, "5s", null)),
            new VictimSelection(null),
            new TargetHeadroom(null, 5, 10),
            BUDGET,
            Enforcement.Enforce,
            false));
    return policy;
  }

  void run() {
    // The load's own source: the same for every rule.
    Random wander = new Random(random.nextLong());
    for (int step = 0; step < STEPS; step++) {
      now = now.plusSeconds(STEP_SECONDS);
      for (Vm vm : vms) {
        double back = (vm.usualLoad - vm.load) * 0.02;
        vm.load = Math.clamp(vm.load + back + wander.nextGaussian() * 0.2, 0.02, 4);
        arrive(vm);
      }
      List<NodePressure> reports = reports();
      for (NodePressure node : reports) {
        if (node.pressed()) {
          relieve(node, reports);
        }
      }
      lostCpuSeconds += STEP_SECONDS * lostCpus();
      check();
    }
  }

  private double lostCpus() {
    double starved = vms.stream().filter(Vm::isStarved).mapToDouble(vm -> vm.load).sum();
    return starved
        + IntStream.range(0, NODES).mapToDouble(i -> Math.max(0, wanted(on("n" + i)) - CPUS)).sum();
  }

  /** Work that the VMs wanted to do and could not, by contention and by being moved. */
  double lostCpuSeconds() {
    return lostCpuSeconds;
  }

  int evictions() {
    return evictions.size();
  }

  /** What was done although a budget, a label or a cool-down forbids it. */
  List<String> broken() {
    return broken;
  }

  private List<NodePressure> reports() {
    return IntStream.range(0, NODES).mapToObj(i -> report("n" + i)).toList();
  }

  private NodePressure report(String node) {
    List<Vm> here = on(node);
    double wanted = wanted(here);
    int percent = (int) Math.max(0, 100 * (wanted - CPUS) / wanted);
    PressureReport report =
        PressureReport.newBuilder()
            .addTriggers(
                TriggerState.newBuilder().setPercent(percent).setHolds(percent >= THRESHOLD))
            .setMemoryTotal(256 * GIB)
            .setMemoryAvailable(256 * GIB - here.stream().mapToLong(vm -> vm.bytes).sum())
            .addAllVms(here.stream().map(SimulatedCluster::usage).toList())
            .build();
    return NodePressure.of(node, policy, report);
  }

  private List<Vm> on(String node) {
    return vms.stream().filter(vm -> vm.node.equals(node)).toList();
  }

  private static double wanted(List<Vm> here) {
    return here.stream().filter(vm -> !vm.isStarved()).mapToDouble(vm -> vm.load).sum();
  }

  private static VmUsage usage(Vm vm) {
    return VmUsage.newBuilder()
        .setNamespace("shop")
        .setName(vm.name)
        .setCpuMilli((int) (vm.load * 1000))
        .setResidentBytes(vm.bytes)
        .build();
  }

  private void relieve(NodePressure node, List<NodePressure> reports) {
    History history = new History(evictions, now);
    if (history.stopped(policy).isPresent() || history.noRoom(policy, node.node()).isPresent()) {
      return;
    }
    List<String> others =
        reports.stream().map(NodePressure::node).filter(it -> !it.equals(node.node())).toList();
    List<Receiver> receivers =
        new Receivers(
                policy.getSpec().target(),
                history,
                reports.stream().collect(Collectors.toMap(NodePressure::node, it -> it)))
            .among(others);
    List<Candidate> candidates =
        vms.stream()
            .filter(vm -> vm.node.equals(node.node()))
            .map(vm -> candidate(vm, history))
            .toList();
    new Chooser(Resource.cpu, receivers)
        .choose(rule == Rule.OURS ? candidates : onlyTheRules(candidates))
        .pick()
        .ifPresent(pick -> evict(pick, node.node()));
  }

  private Candidate candidate(Vm vm, History history) {
    Optional<String> stays =
        vm.isProtected
            ? Optional.of("stays, protected by its label")
            : history.staysFor("shop", vm.name, Durations.parse(BUDGET.vmCoolDown()));
    return new Candidate("shop", vm.name, (int) (vm.load * 1000), vm.bytes, vm.bytes, stays);
  }

  private List<Candidate> onlyTheRules(List<Candidate> candidates) {
    List<Candidate> free = candidates.stream().filter(it -> it.stays().isEmpty()).toList();
    Optional<Candidate> one =
        switch (rule) {
          case LARGEST -> free.stream().max(Comparator.comparingLong(Candidate::residentBytes));
          case MOST_CPU -> free.stream().max(Comparator.comparingInt(Candidate::cpuMilli));
          default ->
              free.isEmpty()
                  ? Optional.empty()
                  : Optional.of(free.get(random.nextInt(free.size())));
        };
    return one.stream().toList();
  }

  private void evict(Choice.Pick pick, String from) {
    Vm vm = vms.stream().filter(it -> it.name.equals(pick.vm().name())).findFirst().orElseThrow();
    VMEviction eviction = new VMEviction();
    eviction.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("shop")
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
    VMEvictionStatus status = new VMEvictionStatus();
    status.phase = EvictionPhase.Migrating;
    status.timing.completed = now.plus(Duration.ofMillis((long) (Score.seconds(pick.vm()) * 1000)));
    eviction.setStatus(status);
    if (vm.isProtected) {
      broken.add(vm.name + " is protected");
    }
    evictions.stream()
        .filter(it -> it.getSpec().vmiName().equals(vm.name))
        .filter(it -> it.getStatus().timing.completed.plusSeconds(600).isAfter(now))
        .forEach(it -> broken.add(vm.name + " was moved within its cool-down"));
    evictions.add(eviction);
    vm.leaves = eviction;
    vm.node = pick.target();
  }

  private void arrive(Vm vm) {
    if (vm.leaves != null && !vm.leaves.getStatus().timing.completed.isAfter(now)) {
      vm.leaves.getStatus().phase = EvictionPhase.Succeeded;
      vm.leaves = null;
    }
  }

  private void check() {
    List<VMEviction> active =
        evictions.stream().filter(it -> !it.getStatus().phase.isFinal()).toList();
    if (active.size() > BUDGET.atOncePerCluster()) {
      broken.add(active.size() + " at once in the cluster");
    }
    long nodes =
        active.stream()
            .map(it -> it.getMetadata().getLabels().get(NodePressurePolicy.NODE_LABEL))
            .distinct()
            .count();
    if (nodes < active.size()) {
      broken.add("two at once from one node");
    }
    long lastHour =
        evictions.stream()
            .map(it -> Instant.parse(it.getMetadata().getCreationTimestamp()))
            .filter(it -> it.isAfter(now.minus(Duration.ofHours(1))))
            .count();
    if (lastHour > BUDGET.perHour()) {
      broken.add(lastHour + " within an hour");
    }
  }
}
