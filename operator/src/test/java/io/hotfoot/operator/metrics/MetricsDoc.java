package io.hotfoot.operator.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes docs/metrics.md. */
final class MetricsDoc {
  /** By the name that Prometheus reads: what each of the Operator SDK's own means. */
  static final Map<String, String> OPERATOR_SDK = new LinkedHashMap<>();

  static {
    OPERATOR_SDK.put("reconciliations_started_total", "reconciliations begun");
    OPERATOR_SDK.put("reconciliations_success_total", "of these, those that went well");
    OPERATOR_SDK.put("reconciliations_failure_total", "those that ended in an error: see the log");
    OPERATOR_SDK.put("reconciliations_retries_total", "those that were tried again after an error");
    OPERATOR_SDK.put("reconciliations_active", "running now");
    OPERATOR_SDK.put("reconciliations_queue", "waiting now");
    OPERATOR_SDK.put(
        "reconciliations_execution_duration_seconds", "how long they take (histogram)");
    OPERATOR_SDK.put("events_received_total", "changes that the informers told of");
    OPERATOR_SDK.put("custom_resources", "objects that the operator keeps in mind");
  }

  private MetricsDoc() {}

  static String generate() {
    return """
    <!-- Made from the code by MetricsDocTest: do not edit. -->
    # Metrics

    The operator serves them at `/q/metrics` on port 8080, in the format of Prometheus. `monitoring.podMonitor.enabled` has a
    Prometheus Operator scrape them, `monitoring.dashboard.enabled` makes a ConfigMap with a Grafana dashboard,
    `monitoring.prometheusRule.enabled` adds alerts ([runbooks.md](runbooks.md)). Of two operators one acts and counts: take
    `sum` of counters and `max` of gauges. Agents serve no metrics: what they see comes with an eviction's status.

    | metric | kind | is | labels |
    |---|---|---|---|
    %s

    A histogram has `_bucket`, `_count` and `_sum`; counters begin with the operator, so use `increase` or `rate`.

    | label | values |
    |---|---|
    %s

    ## The Operator SDK's

    By `controller_name`: `vmeviction` or `nodepressurepolicy`.

    | metric | is |
    |---|---|
    %s

    Beside these there are Quarkus' own: `jvm_*`, `process_*`, `http_server_*`.
    """
        .formatted(
            rows(Stream.of(Metric.values()).map(MetricsDoc::row)),
            rows(
                Stream.of(Label.values())
                    .map(it -> "| %s | %s |".formatted(it.key(), it.meaning()))),
            rows(
                OPERATOR_SDK.entrySet().stream()
                    .map(it -> "| `%s` | %s |".formatted(it.getKey(), it.getValue()))));
  }

  private static String row(Metric metric) {
    return "| `%s` | %s | %s | %s |"
        .formatted(
            metric.exposed(),
            metric.kind().prometheus(),
            metric.meaning(),
            metric.labels().stream().map(Label::key).collect(Collectors.joining(", ")));
  }

  private static String rows(Stream<String> rows) {
    return rows.collect(Collectors.joining("\n"));
  }
}
