package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.TargetHeadroom;
import io.hotfoot.api.v1alpha1.VMEviction;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The nodes that may receive a VM without being pressed by it. */
final class Receivers {
  private final TargetHeadroom headroom;
  private final History history;
  private final Map<String, NodePressure> reports;

  /**
   * @param reports by node, of all nodes that could receive VMs, and of those that VMs leave
   */
  Receivers(TargetHeadroom headroom, History history, Map<String, NodePressure> reports) {
    this.headroom = headroom;
    this.history = history;
    this.reports = reports;
  }

  /** Those of these nodes that could take a VM, the least pressed first. */
  List<Receiver> among(Collection<String> nodes) {
    return nodes.stream()
        .flatMap(node -> Optional.ofNullable(reports.get(node)).stream())
        .filter(it -> !it.pressed() && it.percent() <= headroom.maxPressurePercent())
        .map(it -> new Receiver(it.node(), it.percent(), spareBytes(it)))
        .sorted()
        .toList();
  }

  private long spareBytes(NodePressure node) {
    long keep = node.report().getMemoryTotal() / 100 * headroom.availableMemoryPercent();
    long coming = history.onTheirWayTo(node.node()).stream().mapToLong(this::residentBytes).sum();
    return node.report().getMemoryAvailable() - keep - coming;
  }

  /** Of the VM that this eviction moves, where it runs now. */
  private long residentBytes(VMEviction eviction) {
    return Optional.ofNullable(History.sourceOf(eviction)).map(reports::get).stream()
        .flatMap(it -> it.report().getVmsList().stream())
        .filter(it -> it.getNamespace().equals(eviction.getMetadata().getNamespace()))
        .filter(it -> it.getName().equals(eviction.getSpec().vmiName()))
        .mapToLong(VmUsage::getResidentBytes)
        .max()
        .orElse(0);
  }
}
