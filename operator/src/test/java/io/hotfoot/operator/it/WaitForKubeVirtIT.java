package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.hotfoot.api.live.Finding;
import io.hotfoot.operator.agent.TestCertificates;
import io.hotfoot.operator.preflight.InstallCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator is installed first, KubeVirt later. */
class WaitForKubeVirtIT {
  private static final String OPERATOR = "early-operator";
  private static final String NAMESPACE = "hotfoot-system";

  @TempDir Path dir;

  @Test
  void saysWhatIsMissingAndStartsWhenItIsThere() throws Exception {
    TestCertificates.in(dir, "ours", "hotfoot-operator");
    Files.deleteIfExists(Path.of("target", OPERATOR + ".log"));
    try (ControlPlane cluster = ControlPlane.empty()) {
      cluster.installHotfoot();
      cluster
          .admin()
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
          .create();
      OperatorRights.grantIn(NAMESPACE, cluster.admin());
      try (OperatorProcess operator =
          new OperatorProcess(
              OPERATOR,
              NAMESPACE,
              dir.resolve("ours/hotfoot-operator"),
              dir,
              cluster.adminKubeConfig(),
              Map.of())) {
        await("the operator to wait")
            .atMost(Duration.ofMinutes(1))
            .ignoreExceptions()
            .until(() -> operator.probe("started").statusCode() == 200);
        assertThat(operator.probe("live").statusCode()).isEqualTo(200);
        assertThat(operator.probe("ready").statusCode()).isEqualTo(503);
        assertThat(operator.probe("ready").body())
            .contains("Waiting for KubeVirt", "virtualmachineinstances.kubevirt.io");
        assertThat(operator.log().lines().filter(it -> it.startsWith("Waiting for KubeVirt")))
            .hasSize(1);
        assertThat(operator.log()).doesNotContain("Exception");

        assertThat(new InstallCheck(cluster.admin(), null, "0.1.0").findings())
            .contains(Finding.NO_KUBEVIRT);

        cluster.installKubeVirt();
        operator.awaitReady();
        await("it to lead")
            .atMost(Duration.ofMinutes(1))
            .until(
                () ->
                    cluster
                            .admin()
                            .leases()
                            .inNamespace(NAMESPACE)
                            .withName("hotfoot-operator")
                            .get()
                        != null);
      }
    }
  }
}
