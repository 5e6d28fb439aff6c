package io.hotfoot.lab.standin;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A small VM of the test, in a namespace of its own, that goes when this is closed. */
final class Machine implements AutoCloseable {
  private static final Path EXAMPLE = Path.of("lab/standin/example-vmi.yaml");

  private static final String NAME = "guest";

  private final KubernetesClient client;
  private final String namespace;

  /**
   * Starts the VM and waits until its guest agent answers.
   *
   * @param namespace to be made
   * @param kernelArgs hot= and cold=, MiB, of the scattered workload: how hard it is to move
   */
  Machine(KubernetesClient client, String namespace, String memory, String kernelArgs)
      throws IOException {
    this.client = client;
    this.namespace = namespace;
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .serverSideApply();
    var vmi = Recorder.resource(Files.readString(EXAMPLE));
    vmi.getMetadata().setName(NAME);
    vmi.getMetadata().setNamespace(namespace);
    vmi.<Map<String, Object>>get("spec", "domain", "memory").put("guest", memory);
    vmi.<Map<String, Object>>get("spec", "domain", "firmware", "kernelBoot")
        .put("kernelArgs", "console=ttyS0 quiet " + kernelArgs);
    client.resource(vmi).create();
    await("the guest agent of the VM in " + namespace)
        .atMost(Duration.ofMinutes(3))
        .until(() -> isTrue("AgentConnected") && isTrue("Ready"));
  }

  private boolean isTrue(String condition) {
    List<Map<String, String>> conditions = vmi().get("status", "conditions");
    return conditions != null
        && conditions.stream()
            .anyMatch(c -> c.get("type").equals(condition) && c.get("status").equals("True"));
  }

  String namespace() {
    return namespace;
  }

  GenericKubernetesResource vmi() {
    return client
        .genericKubernetesResources(Recorder.VMIS)
        .inNamespace(namespace)
        .withName(NAME)
        .require();
  }

  /**
   * Asks once for the eviction of the launcher pod that has the VM.
   *
   * @return false if the answer is 429, too many requests
   */
  boolean evictPod() {
    String node = vmi().get("status", "nodeName");
    var pod =
        client
            .pods()
            .inNamespace(namespace)
            .withField("status.phase", "Running")
            .withField("spec.nodeName", node)
            .list()
            .getItems()
            .getFirst();
    var once = new ConfigBuilder(client.getConfiguration()).withRequestRetryBackoffLimit(0).build();
    try (var impatient = new KubernetesClientBuilder().withConfig(once).build()) {
      return impatient.pods().resource(pod).evict();
    }
  }

  void killQemuIn(String pod) throws Exception {
    try (var kill =
        client
            .pods()
            .inNamespace(namespace)
            .withName(pod)
            .inContainer("compute")
            .redirectingOutput()
            .exec("sh", "-c", "kill -9 $(pgrep qemu-system)")) {
      kill.exitCode().get(30, TimeUnit.SECONDS);
    }
  }

  /** Sets or, with null, removes a label. */
  void label(String label, String value) {
    var json = value == null ? "null" : "\"" + value + "\"";
    client
        .genericKubernetesResources(Recorder.VMIS)
        .inNamespace(namespace)
        .withName(NAME)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"labels\": {\"%s\": %s}}}".formatted(label, json));
  }

  /**
   * Creates a migration of the VM.
   *
   * @param migration its name
   * @param addedNodeSelector more of its spec, in YAML; empty for none
   */
  void migrate(String migration, String addedNodeSelector) {
    client
        .resource(
            Recorder.resource(
                """
                apiVersion: kubevirt.io/v1
                kind: VirtualMachineInstanceMigration
                metadata: {name: %s, namespace: %s}
                spec: {vmiName: %s%s}
                """
                    .formatted(migration, namespace, NAME, addedNodeSelector)))
        .create();
  }

  void deleteMigration(String migration) {
    client
        .genericKubernetesResources(Recorder.MIGRATIONS)
        .inNamespace(namespace)
        .withName(migration)
        .delete();
  }

  @Override
  public void close() {
    client.genericKubernetesResources(Recorder.VMIS).inNamespace(namespace).withName(NAME).delete();
    client.namespaces().withName(namespace).delete();
  }
}
