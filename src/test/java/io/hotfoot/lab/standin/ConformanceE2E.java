package io.hotfoot.lab.standin;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.lab.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Does with the stand-in what was done with real KubeVirt when it was recorded, and holds what is
 * then seen against the recordings: phases, fields, labels, annotations, events. What may differ is
 * listed, with reasons, in {@link Allowed}.
 *
 * <p>The recordings lie outside the repository, in ../shared/kubevirt-traces or in the folder that
 * HOTFOOT_KUBEVIRT_TRACES names; without them the tests are skipped.
 */
class ConformanceE2E {
  private static final Cluster CLUSTER = Cluster.connect();
  private static final KubernetesClient CLIENT = CLUSTER.client();

  @BeforeAll
  static void traces() {
    assumeTrue(Files.isDirectory(folder()), "no recordings of real KubeVirt in " + folder());
  }

  @AfterAll
  static void disconnect() {
    CLUSTER.close();
  }

  private static Path folder() {
    var named = System.getenv("HOTFOOT_KUBEVIRT_TRACES");
    return Path.of(named == null ? "../../../shared/kubevirt-traces" : named);
  }

  /** With a VM whose pre-copy converges. */
  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  class PreCopy extends Scenarios {
    PreCopy() {
      super(CLIENT, folder(), "conformance-precopy", "384Mi", "hot=4 cold=64");
    }

    @Test
    @Order(1)
    void moves() throws IOException {
      machine.migrate("move", "");
      awaitArrival();
      compare("precopy-success");
    }

    @Test
    @Order(2)
    void isAborted() throws IOException {
      machine.migrate("abort", "");
      awaitMigration("Running");
      machine.deleteMigration("abort");
      awaitMigrationDeleted();
      awaitEndOf("target", "kubevirt.io/migrationJobName");
      compare("abort-in-precopy");
    }

    @Test
    @Order(3)
    void findsNoTarget() throws IOException {
      machine.migrate("stuck", ", addedNodeSelector: {kubernetes.io/hostname: nowhere}");
      recorder.awaitChange(
          "the event that there is no node",
          c -> c.object().path("reason").asText().equals("migrationTargetPodUnschedulable"));
      machine.deleteMigration("stuck");
      awaitMigrationDeleted();
      compare("unschedulable-target");
    }

    @Test
    @Order(4)
    void isEvacuatedInsteadOfEvicted() throws IOException {
      assertFalse(machine.evictPod(), "the answer must be 429, too many requests");
      awaitArrival();
      compare("pod-eviction");
    }
  }

  /** With a VM whose pre-copy does not converge. */
  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  class PostCopy extends Scenarios {
    PostCopy() {
      super(CLIENT, folder(), "conformance-postcopy", "512Mi", "hot=48 cold=160");
    }

    @BeforeAll
    void allowPostCopy() {
      CLIENT
          .resource(
              Recorder.resource(
                  """
                  apiVersion: migrations.kubevirt.io/v1alpha1
                  kind: MigrationPolicy
                  metadata: {name: hotfoot}
                  spec:
                    allowPostCopy: true
                    allowWorkloadDisruption: true
                    completionTimeoutPerGiB: 1
                    selectors: {virtualMachineInstanceSelector: {hotfoot: now}}
                  """))
          .serverSideApply();
    }

    @AfterAll
    void removePolicy() {
      CLIENT
          .resource(
              Recorder.resource(
                  """
                  apiVersion: migrations.kubevirt.io/v1alpha1
                  kind: MigrationPolicy
                  metadata: {name: hotfoot}
                  """))
          .delete();
    }

    @Test
    @Order(1)
    void moves() throws IOException {
      machine.label("hotfoot", "now");
      machine.migrate("move", "");
      awaitMigration("Succeeded");
      machine.label("hotfoot", null);
      awaitArrival();
      compare("postcopy-success");
    }

    @Test
    @Order(2)
    void losesItsTarget() throws Exception {
      machine.label("hotfoot", "now");
      machine.migrate("lost", "");
      awaitMigration("Running");
      recorder.awaitChange(
          "the guest's run at the target, in post-copy that KubeVirt knows of",
          c ->
              c.is("VirtualMachineInstance")
                  && c.object().at("/status/migrationState").has("targetNodeDomainReadyTimestamp")
                  && c.object().at("/status/migrationState/targetPod").asText().equals(target())
                  && c.object().at("/status/migrationState/mode").asText().equals("PostCopy"));
      machine.killQemuIn(target());
      awaitMigration("Failed");
      machine.label("hotfoot", null);
      awaitEndOf("source", null);
      recorder.awaitChange(
          "the VMI's last word",
          c ->
              c.is("VirtualMachineInstance")
                  && c.object().toString().contains("\"reason\":\"PodTerminating\""));
      compare("target-qemu-killed-in-postcopy");
    }

    private String target() {
      return recorder
          .trace()
          .first("Pod", pod -> job(pod).equals("lost"))
          .at("/metadata/name")
          .asText();
    }

    private String job(JsonNode pod) {
      return pod.at("/metadata/annotations").path("kubevirt.io/migrationJobName").asText();
    }
  }
}
