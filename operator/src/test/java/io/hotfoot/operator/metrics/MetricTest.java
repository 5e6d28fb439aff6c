package io.hotfoot.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Prometheus reads is called what the documentation says. */
@SuppressWarnings("deprecation") // The registry is the one that Quarkus uses.
class MetricTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @ParameterizedTest
  @EnumSource
  void isReadByItsName(Metric metric) {
    String[] labels = metric.labels().stream().map(it -> "x").toArray(String[]::new);
    String suffix =
        switch (metric.kind()) {
          case COUNTER -> {
            metric.counter(registry, labels).increment();
            yield "";
          }
          case TIMER -> {
            metric.timer(registry, labels);
            yield "_bucket";
          }
          case SUMMARY -> {
            metric.summary(registry, labels);
            yield "_bucket";
          }
          case GAUGE -> {
            Gauge.builder(metric.meter(), () -> 1)
                .baseUnit(metric.unit())
                .tags(metric.tags(labels))
                .register(registry);
            yield "";
          }
        };
    assertThat(registry.scrape()).containsPattern("(?m)^" + metric.exposed() + suffix + "[{ ]");
  }

  @Test
  void needsAllOfItsLabels() {
    assertThatIllegalArgumentException().isThrownBy(() -> Metric.EVICTIONS.tags("Succeeded"));
  }
}
