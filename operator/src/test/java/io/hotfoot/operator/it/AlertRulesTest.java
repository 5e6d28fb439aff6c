package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart's alerts fire when they should, and at nothing else, by Prometheus' own promtool. */
class AlertRulesTest {
  private static final Path PROMTOOL =
      Path.of(
          Objects.requireNonNullElse(System.getenv("HOTFOOT_CACHE"), "/var/cache/hotfoot"),
          "bin/promtool");
  private static final Path RUNBOOKS = Path.of("../docs/runbooks.md");

  @TempDir private Path folder;
  private JsonNode rules;

  @BeforeEach
  void render() throws IOException {
    assumeTrue(Helm.isThere(), "no helm: tools/setup builds it");
    Helm.Result rendered =
        new Helm(folder, "")
            .run(
                "template",
                "hotfoot",
                ChartCopy.CURRENT.toString(),
                "--namespace=hotfoot-system",
                "--set=monitoring.prometheusRule.enabled=true",
                "--show-only=templates/monitoring.yaml");
    assertThat(rendered.isGood()).as(rendered.output()).isTrue();
    rules = Serialization.unmarshal(rendered.output(), JsonNode.class).get("spec");
  }

  @Test
  void fireWhenTheyShould() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(PROMTOOL), "no promtool: tools/setup fetches it");
    Files.writeString(folder.resolve("rules.yaml"), Serialization.asYaml(rules));
    Path tests = folder.resolve("alerts-test.yaml");
    Files.copy(Path.of("src/test/resources/alerts-test.yaml"), tests);
    Process promtool =
        new ProcessBuilder(List.of(PROMTOOL.toString(), "test", "rules", tests.toString()))
            .redirectErrorStream(true)
            .start();
    String output = new String(promtool.getInputStream().readAllBytes());
    assertThat(promtool.waitFor()).as(output).isZero();
  }

  @Test
  void eachHasARunbookAndATest() throws IOException {
    String runbooks = Files.readString(RUNBOOKS);
    String tests = Files.readString(Path.of("src/test/resources/alerts-test.yaml"));
    assertThat(rules.findValuesAsText("alert"))
        .isNotEmpty()
        .allSatisfy(
            alert -> {
              assertThat(runbooks).contains("\n## " + alert + "\n");
              assertThat(tests).contains("alertname: " + alert);
            });
  }
}
