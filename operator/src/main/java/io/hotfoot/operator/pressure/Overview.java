package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.api.live.LiveNode;
import io.hotfoot.api.live.LiveVm;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.PressureTrigger.Resource;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** All watched nodes and their VMs, as a policy would judge them now. */
final class Overview {
  private final NodePressurePolicy policy;
  private final PressureWatches watches;
  private final Decider.Turn decisions;

  Overview(NodePressurePolicy policy, PressureWatches watches, Decider.Turn decisions) {
    this.policy = policy;
    this.watches = watches;
    this.decisions = decisions;
  }

  LiveNode of(String node) {
    String problem = watches.problem(node, policy);
    return watches
        .on(node, policy)
        .map(pressure -> seen(pressure, problem))
        .orElseGet(() -> new LiveNode(node, name(), false, null, problem, 0, 0, List.of()));
  }

  private LiveNode seen(NodePressure pressure, String problem) {
    PressureReport report = pressure.report();
    return new LiveNode(
        pressure.node(),
        name(),
        pressure.pressed(),
        pressure.percent(),
        Objects.requireNonNullElse(problem, pressure.describe()),
        report.getMemoryTotal(),
        report.getMemoryAvailable(),
        vms(pressure));
  }

  /** The best victims first; of a node that is not pressed, by what its policy looks at first. */
  private List<LiveVm> vms(NodePressure pressure) {
    Resource by = pressure.shortOf().orElse(policy.getSpec().triggers().getFirst().resource());
    Score score = decisions.score(pressure.node(), by);
    return decisions.candidates(pressure).stream()
        .map(vm -> live(vm, score))
        .sorted(
            Comparator.comparing(
                    (LiveVm vm) -> Objects.requireNonNullElse(vm.score(), -1.0),
                    Comparator.reverseOrder())
                .thenComparing(LiveVm::vm))
        .toList();
  }

  private static LiveVm live(Candidate vm, Score score) {
    return new LiveVm(
        vm.toString(),
        vm.usage().getCpuMilli(),
        vm.residentBytes(),
        vm.usage().getHintedBytes(),
        vm.stays().isPresent() ? null : score.of(vm),
        vm.stays().orElse(null));
  }

  private String name() {
    return policy.getMetadata().getName();
  }
}
