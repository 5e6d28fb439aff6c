package io.hotfoot.operator.metrics;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.operator.cluster.Cluster;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the operator is, and what there is for it to do now. */
public final class OperatorMetrics implements MeterBinder {
  private final Supplier<Cluster> cluster;
  private final String version;

  /**
   * @param cluster is asked for when the metrics are read, not before
   */
  public OperatorMetrics(Supplier<Cluster> cluster, String version) {
    this.cluster = cluster;
    this.version = version;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder(Metric.BUILD_INFO.meter(), () -> 1)
        .description(Metric.BUILD_INFO.meaning())
        .tags(Metric.BUILD_INFO.tags(version))
        .register(registry);
    Stream.of(EvictionPhase.values())
        .filter(phase -> !phase.isFinal())
        .forEach(phase -> inProgress(registry, phase));
  }

  private void inProgress(MeterRegistry registry, EvictionPhase phase) {
    Gauge.builder(
            Metric.EVICTIONS_IN_PROGRESS.meter(), () -> cluster.get().evictionsIn(phase).size())
        .description(Metric.EVICTIONS_IN_PROGRESS.meaning())
        .tags(Metric.EVICTIONS_IN_PROGRESS.tags(phase.name()))
        .register(registry);
  }
}
