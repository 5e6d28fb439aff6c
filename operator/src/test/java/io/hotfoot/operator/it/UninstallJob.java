package io.hotfoot.operator.it;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.operator.eviction.UninstallCheck;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Does what the pod of Helm's pre-delete hook does, where no pod runs. */
final class UninstallJob {
  private static final String NAME = "hotfoot-uninstall-check";
  private static final String COMPLETE =
      """
      {"status": {"startTime": "%1$s", "completionTime": "%1$s", "succeeded": 1, "conditions": [
        {"type": "SuccessCriteriaMet", "status": "True"}, {"type": "Complete", "status": "True"}]}}
      """;
  private static final String FAILED =
      """
      {"status": {"startTime": "%s", "failed": 1, "conditions": [
        {"type": "FailureTarget", "status": "True"}, {"type": "Failed", "status": "True"}]}}
      """;

  private UninstallJob() {}

  /** Waits until Helm has made the Job, and runs its check with the rights that the chart gave. */
  static String play(ControlPlane plane, String namespace) {
    Resource<Job> job = plane.admin().batch().v1().jobs().inNamespace(namespace).withName(NAME);
    await().atMost(Duration.ofSeconds(30)).until(() -> job.get() != null);
    String account = job.get().getSpec().getTemplate().getSpec().getServiceAccountName();
    Config config =
        new ConfigBuilder(Config.fromKubeconfig(plane.adminKubeConfig()))
            .withImpersonateUsername("system:serviceaccount:%s:%s".formatted(namespace, account))
            .build();
    var said = new ByteArrayOutputStream();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      boolean may = new UninstallCheck(client).passes(new PrintStream(said, true));
      job.subresource("status")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              (may ? COMPLETE : FAILED).formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    }
    return said.toString(StandardCharsets.UTF_8);
  }
}
