package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.dsl.Resource;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.agent.FakeAgent;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What Prometheus reads after an eviction, and docs/metrics.md. */
@SuppressWarnings("deprecation") // The registry is the one that Quarkus uses.
class MetricsIT extends Scene {
  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+)[{ ]");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void docsListAllThatIsRead() throws IOException {
    operator = RunningOperator.start(agents, registry);
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitPhase(eviction, EvictionPhase.PostCopy);
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(eviction, EvictionPhase.Succeeded);
    await("it to be counted")
        .atMost(Duration.ofSeconds(20))
        .until(() -> registry.scrape().contains("hotfoot_throttle_seconds_count"));

    Set<String> read =
        SAMPLE
            .matcher(registry.scrape())
            .results()
            .map(it -> it.group(1).replaceFirst("_(bucket|count|sum|max)$", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    String docs = Files.readString(Path.of("../docs/metrics.md"));
    assertThat(read)
        .contains(
            "hotfoot_evictions_total",
            "hotfoot_throttle_seconds",
            "hotfoot_evictions_in_progress",
            "reconciliations_started_total")
        .allSatisfy(name -> assertThat(docs).contains("`" + name + "`"));
    assertThat(registry.scrape())
        .containsPattern(
            "hotfoot_evictions_total\\{mode=\"Enlightened\",outcome=\"Succeeded\",reason=\"Succeeded\",rung=\"GuestHints\",?}"
                + " 1");
  }
}
