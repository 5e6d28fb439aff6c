package io.hotfoot.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/metrics.md is made from the code; dashboard and alerts ask for what it lists. */
class MetricsDocTest {
  private static final Path DOC = Path.of("../docs/metrics.md");
  private static final Path DASHBOARD = Path.of("../helm/hotfoot/files/dashboard.json");
  private static final Path ALERTS = Path.of("../helm/hotfoot/templates/monitoring.yaml");
  private static final Pattern OURS =
      Pattern.compile("\\b(?:hotfoot_|reconciliations_|events_received|custom_resources)[a-z_]*");

  /** {@code -Dmetrics.write} writes it anew. */
  @Test
  void docIsWhatTheCodeGives() throws IOException {
    String generated = MetricsDoc.generate();
    if (System.getProperty("metrics.write") != null) {
      Files.writeString(DOC, generated);
    }
    assertThat(Files.readString(DOC))
        .as("write it anew with `mvn -pl operator -am test -Dtest=MetricsDocTest -Dmetrics.write`")
        .isEqualTo(generated);
  }

  @Test
  void dashboardAsksForWhatThereIs() throws IOException {
    assertThat(asked(DASHBOARD)).isNotEmpty().isSubsetOf(exposed());
  }

  @Test
  void alertsAskForWhatThereIs() throws IOException {
    assertThat(asked(ALERTS)).isNotEmpty().isSubsetOf(exposed());
  }

  /** What nobody looks at need not be counted. */
  @Test
  void dashboardShowsAllOfOurOwn() throws IOException {
    Set<String> shown =
        asked(DASHBOARD).stream()
            .map(it -> it.replaceFirst("_(bucket|count|sum)$", ""))
            .collect(Collectors.toSet());
    assertThat(shown).containsAll(Stream.of(Metric.values()).map(Metric::exposed).toList());
  }

  private static Set<String> asked(Path file) throws IOException {
    return OURS.matcher(Files.readString(file))
        .results()
        .map(it -> it.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> exposed() {
    return Stream.concat(
            Stream.of(Metric.values()).flatMap(it -> series(it.exposed(), it.kind())),
            MetricsDoc.OPERATOR_SDK.keySet().stream())
        .collect(Collectors.toSet());
  }

  private static Stream<String> series(String name, Metric.Kind kind) {
    return switch (kind) {
      case COUNTER, GAUGE -> Stream.of(name);
      case TIMER, SUMMARY -> List.of("_bucket", "_count", "_sum").stream().map(it -> name + it);
    };
  }
}
