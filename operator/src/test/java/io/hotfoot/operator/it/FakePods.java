package io.hotfoot.operator.it;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.util.Map;

/** The pods that KubeVirt has, with what its controllers and kubelets say of them. None runs. */
final class FakePods {
  /** What they have beside KubeVirt's own labels, as from the VM. */
  static final Map<String, String> LABELS = Map.of("app", "fake");

  private final KubernetesClient client;
  private final String namespace;

  /**
   * @param namespace of launchers
   */
  FakePods(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  void handler(String node, Instant startedAt) {
    Pod pod = pod("kubevirt", "virt-handler-" + node, Map.of("kubevirt.io", "virt-handler"), node);
    client.resource(pod).serverSideApply();
    setRunning(pod, startedAt);
  }

  /** The launcher in which a VM starts runs. */
  Pod start(String vm, String vmUid, String node) {
    Pod launcher = run(launcher(vm, vmUid, Map.of(), node));
    setUnpaused(launcher, true);
    return launcher;
  }

  /** The launcher of a migration's target waits for a node. */
  void offer(String migrationUid, String vmUid) {
    client.resource(target(migrationUid, vmUid, null)).serverSideApply();
  }

  /** It runs on this node. */
  void schedule(String migrationUid, String vmUid, String node) {
    launcher(migrationUid).withGracePeriod(0).delete();
    run(target(migrationUid, vmUid, node));
  }

  Pod run(Pod pod) {
    Pod created = client.resource(pod).create();
    setRunning(created, Instant.now());
    return created;
  }

  /**
   * @param of the VM that started there, or the UID of the migration that leads there
   */
  Resource<Pod> launcher(String of) {
    return client.pods().inNamespace(namespace).withName("virt-launcher-" + of);
  }

  void setUnpaused(Pod launcher, boolean unpaused) {
    setStatus(
        launcher,
        "{\"conditions\":[{\"type\":\"kubevirt.io/virtual-machine-unpaused\",\"status\":\"%s\"}]}"
            .formatted(unpaused ? "True" : "False"));
  }

  private void setRunning(Pod pod, Instant startedAt) {
    setStatus(
        pod,
        "{\"phase\":\"Running\",\"startTime\":\"%s\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}"
            .formatted(startedAt));
  }

  private void setStatus(Pod pod, String status) {
    client
        .resource(pod)
        .subresource("status")
        .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"status\":%s}".formatted(status));
  }

  private Pod target(String migrationUid, String vmUid, String node) {
    return launcher(migrationUid, vmUid, Map.of("kubevirt.io/migrationJobUID", migrationUid), node);
  }

  private Pod launcher(String of, String vmUid, Map<String, String> labels, String node) {
    Pod pod = pod(namespace, "virt-launcher-" + of, labels, node);
    pod.getMetadata()
        .getLabels()
        .putAll(Map.of("kubevirt.io", "virt-launcher", "kubevirt.io/created-by", vmUid));
    return pod;
  }

  static Pod pod(String namespace, String name, Map<String, String> labels, String node) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .addToLabels(LABELS)
        .addToLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withNodeName(node)
        .addNewContainer()
        .withName("compute")
        .withImage("none")
        .endContainer()
        .endSpec()
        .build();
  }
}
