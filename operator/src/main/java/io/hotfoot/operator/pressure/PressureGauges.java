package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.operator.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What the nodes report, as metrics. Gauges that ask when they are read; a node that has not
 * reported lately is not a number.
 */
final class PressureGauges {
  private final PressureWatches watches;
  private final MeterRegistry registry;
  private final Map<String, Shown> byPolicy = new HashMap<>();

  private record Shown(MultiGauge pressure, MultiGauge available, Set<String> nodes) {}

  PressureGauges(PressureWatches watches, MeterRegistry registry) {
    this.watches = watches;
    this.registry = registry;
  }

  /** Shows these nodes of the policy from now on, and no others. */
  void show(NodePressurePolicy policy, Set<String> nodes) {
    String name = policy.getMetadata().getName();
    Shown before = byPolicy.get(name);
    if (before != null && before.nodes.equals(nodes)) {
      return;
    }
    Shown now =
        before == null
            ? new Shown(gauge(Metric.NODE_PRESSURE), gauge(Metric.NODE_MEMORY_AVAILABLE), nodes)
            : new Shown(before.pressure, before.available, nodes);
    byPolicy.put(name, now);
    register(now.pressure, Metric.NODE_PRESSURE, policy, nodes, it -> it.percent() / 100.0);
    register(
        now.available,
        Metric.NODE_MEMORY_AVAILABLE,
        policy,
        nodes,
        it -> it.report().getMemoryAvailable());
  }

  private MultiGauge gauge(Metric metric) {
    return MultiGauge.builder(metric.meter())
        .description(metric.meaning())
        .baseUnit(metric.unit())
        .register(registry);
  }

  private void register(
      MultiGauge gauge,
      Metric metric,
      NodePressurePolicy policy,
      Set<String> nodes,
      ToDoubleFunction<NodePressure> value) {
    gauge.register(
        nodes.stream()
            .map(
                node ->
                    MultiGauge.Row.of(
                        metric.tags(policy.getMetadata().getName(), node),
                        () ->
                            watches.on(node, policy).map(value::applyAsDouble).orElse(Double.NaN)))
            .toList(),
        true);
  }
}
