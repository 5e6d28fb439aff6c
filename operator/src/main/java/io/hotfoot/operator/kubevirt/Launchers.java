package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import java.util.Optional;

/** Finds the pods that QEMU runs in. */
public class Launchers {
  private static final String VMI_UID = "kubevirt.io/created-by";
  private static final String MIGRATION_UID = "kubevirt.io/migrationJobUID";

  private final KubernetesClient client;

  public Launchers(KubernetesClient client) {
    this.client = client;
  }

  /** The pod that a VM runs in on this node; not one that is to receive it. */
  public Optional<Pod> running(VirtualMachineInstance vm, String node) {
    return client
        .pods()
        .inNamespace(vm.getMetadata().getNamespace())
        .withLabel(VMI_UID, vm.getMetadata().getUid())
        .list()
        .getItems()
        .stream()
        .filter(pod -> node.equals(pod.getSpec().getNodeName()))
        .filter(Launchers::isRunning)
        .findFirst();
  }

  /** The pod that KubeVirt made to receive the VM; it may not have a node yet. */
  public Optional<Pod> target(String namespace, String migrationUid) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel(MIGRATION_UID, migrationUid)
        .list()
        .getItems()
        .stream()
        .findFirst();
  }

  public static boolean isRunning(Pod launcher) {
    return "Running".equals(launcher.getStatus().getPhase());
  }

  /** Names a VM to the agent of the node that this pod is on. */
  public static VmRef ref(String vmName, Pod launcher) {
    return VmRef.newBuilder()
        .setNamespace(launcher.getMetadata().getNamespace())
        .setName(vmName)
        .setLauncherPodUid(launcher.getMetadata().getUid())
        .build();
  }

  /** Why the scheduler has found no node, if it has said so. */
  public static Optional<String> unschedulable(Pod launcher) {
    return launcher.getStatus().getConditions().stream()
        .filter(it -> "PodScheduled".equals(it.getType()) && "False".equals(it.getStatus()))
        .map(PodCondition::getMessage)
        .findFirst();
  }
}
