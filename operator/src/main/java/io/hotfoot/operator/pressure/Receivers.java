package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.TargetHeadroom;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.eviction.Durations;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** The nodes that may receive a VM without being pressed by it. */
final class Receivers {
  private final TargetHeadroom headroom;
  private final Duration nodeCoolDown;
  private final History history;
  private final Map<String, NodePressure> reports;
  private final ToLongFunction<String> cpuMilli;

  /**
   * @param reports by node, of all nodes that could receive VMs, and of those that VMs leave
   * @param cpuMilli a node's CPUs, in thousandths
   */
  Receivers(
      NodePressurePolicySpec policy,
      History history,
      Map<String, NodePressure> reports,
      ToLongFunction<String> cpuMilli) {
    this.headroom = policy.target();
    this.nodeCoolDown = Durations.parse(policy.budget().nodeCoolDown());
    this.history = history;
    this.reports = reports;
    this.cpuMilli = cpuMilli;
  }

  /** Those of these nodes that could take a VM, the least pressed first. */
  List<Receiver> among(Collection<String> nodes) {
    return nodes.stream()
        .flatMap(node -> Optional.ofNullable(reports.get(node)).stream())
        .filter(it -> !it.pressed() && it.percent() <= headroom.maxPressurePercent())
        // What has just been relieved is not filled again.
        .filter(it -> !history.isLeft(it.node(), nodeCoolDown))
        .map(it -> new Receiver(it.node(), it.percent(), spareBytes(it), spareCpuMilli(it)))
        .sorted()
        .toList();
  }

  private long spareBytes(NodePressure node) {
    long keep = node.report().getMemoryTotal() / 100 * headroom.availableMemoryPercent();
    return node.report().getMemoryAvailable() - keep - coming(node, VmUsage::getResidentBytes);
  }

  private long spareCpuMilli(NodePressure node) {
    long taken = node.report().getVmsList().stream().mapToLong(VmUsage::getCpuMilli).sum();
    return cpuMilli.applyAsLong(node.node()) - taken - coming(node, Candidate::wantedCpuMilli);
  }

  private long coming(NodePressure node, ToLongFunction<VmUsage> what) {
    return history.onTheirWayTo(node.node()).stream().mapToLong(it -> usage(it, what)).sum();
  }

  /** Of the VM that this eviction moves, where it runs now. */
  private long usage(VMEviction eviction, ToLongFunction<VmUsage> what) {
    return Optional.ofNullable(History.sourceOf(eviction)).map(reports::get).stream()
        .flatMap(it -> it.report().getVmsList().stream())
        .filter(it -> it.getNamespace().equals(eviction.getMetadata().getNamespace()))
        .filter(it -> it.getName().equals(eviction.getSpec().vmiName()))
        .mapToLong(what)
        .max()
        .orElse(0);
  }
}
