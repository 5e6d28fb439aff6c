package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users may set, by the real helm. */
class ChartValuesTest {
  private static final String CHART = ChartCopy.CURRENT.toString();

  @TempDir private static Path folder;
  private static Helm helm;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Helm.isThere(), "no helm: tools/setup builds it");
    helm = new Helm(folder, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "crds.keep=false",
        "networkPolicy.enabled=false",
        "agent.hostHints.enabled=true",
        "agent.restoreHugePages=false",
        "agent.rememberHints=false",
        "agent.seccompProfile=hotfoot/agent-seccomp.json",
        "imagePullSecrets[0].name=registry",
        "certificates.certManager.enabled=true",
        "monitoring.podMonitor.enabled=true,monitoring.podMonitor.labels.release=prometheus",
        "monitoring.prometheusRule.enabled=true,monitoring.prometheusRule.labels.release=prometheus",
        "logs.format=json,traces.endpoint=http://collector:4318",
        "monitoring.dashboard.enabled=true,monitoring.dashboard.labels.grafana=1x",
      })
  void isCleanWith(String values) {
    Helm.Result result = helm.run("lint", "--strict", CHART, "--set", values);
    assertThat(result.output()).contains("1 chart(s) linted, 0 chart(s) failed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "operator.replica=2                  | 'replica' not allowed",
        "operator.image=a b                  | '/operator/image': 'a b' does not match",
        "operator.image=                     | '/operator/image'",
        "operator.replicas=0                 | minimum: got 0, want 1",
        "operator.imagePullPolicy=Sometimes  | must be one of 'Always', 'IfNotPresent', 'Never'",
        "operator.resources.limits.gpu=1     | 'gpu' not allowed",
        "agent.resources.limits.memory=lots  | 'lots' does not match",
        "agent.nodeSelector.vms=true         | '/agent/nodeSelector/vms': got boolean, want string",
        "agent.tolerations[0].effect=Never   | must be one of 'NoSchedule'",
        "agent.hostHints.enabled=maybe       | '/agent/hostHints/enabled': got string, want boolean",
        "agent.rememberHints=often           | '/agent/rememberHints': got string, want boolean",
        "agent.restoreHugePages=often        | '/agent/restoreHugePages': got string, want boolean",
        "agent.seccompProfile=/etc/passwd    | '/agent/seccompProfile': '/etc/passwd' does not match",
        "agent.seccompProfile=a/../../b      | '/agent/seccompProfile': 'a/../../b' does not match",
        "agent.maxUnavailable=0              | minimum: got 0, want 1",
        "certificates.days=1                 | minimum: got 1, want 30",
        "crds.keep=maybe                     | '/crds/keep': got string, want boolean",
        "monitoring.podMonitor.interval=soon | 'soon' does not match",
        "logs.format=xml                     | must be one of 'text', 'json'",
        "traces.endpoint=collector           | 'collector' does not match",
        "anything=1                          | 'anything' not allowed",
      })
  void refusesNonsense(String value, String words) {
    Helm.Result result = helm.run("template", "hotfoot", CHART, "--set", value);
    assertThat(result.isGood()).isFalse();
    assertThat(result.output()).contains(words);
  }
}
