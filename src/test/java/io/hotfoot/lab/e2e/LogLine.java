package io.hotfoot.lab.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/**
 * A line of the log of one of Hotfoot's pods, which is written as JSON.
 *
 * @param part hotfoot-operator or hotfoot-agent
 */
record LogLine(String part, JsonNode json) {
  private static final String NAMESPACE = "hotfoot-system";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static boolean isJson(KubernetesClient client) {
    return client.pods().inNamespace(NAMESPACE).list().getItems().stream()
        .flatMap(pod -> pod.getSpec().getContainers().stream())
        .flatMap(container -> container.getEnv().stream())
        .anyMatch(it -> it.getName().equals("HOTFOOT_LOG_JSON") && "true".equals(it.getValue()));
  }

  /** All that operators and agents have logged since then. */
  static List<LogLine> since(Instant begun, KubernetesClient client) {
    return Stream.of("hotfoot-operator", "hotfoot-agent")
        .flatMap(part -> pods(part, client))
        .flatMap(pod -> of(pod, begun, client))
        .toList();
  }

  private static Stream<Pod> pods(String part, KubernetesClient client) {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/name", part)
        .list()
        .getItems()
        .stream();
  }

  private static Stream<LogLine> of(Pod pod, Instant begun, KubernetesClient client) {
    var since = begun.truncatedTo(ChronoUnit.SECONDS).toString();
    var part = pod.getMetadata().getLabels().get("app.kubernetes.io/name");
    return client
        .pods()
        .resource(pod)
        .sinceTime(since)
        .getLog()
        .lines()
        .map(line -> new LogLine(part, parsed(line)));
  }

  private static JsonNode parsed(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException("no JSON: " + line, e);
    }
  }

  /** The eviction or policy that it is about; empty: none. */
  String about() {
    return json.path("mdc").path("about").asText();
  }

  /** Whether Hotfoot itself, not a library, speaks of it. */
  boolean speaksOf(String word) {
    return json.path("loggerName").asText().startsWith("io.hotfoot.")
        && json.path("message").asText().contains(word);
  }
}
