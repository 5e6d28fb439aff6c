package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceStatus;
import io.hotfoot.operator.cluster.Cluster;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the pods that QEMU runs in. */
public class Launchers {
  private static final String VMI_UID = "kubevirt.io/created-by";

  private final KubernetesClient client;
  private final Cluster cluster;

  public Launchers(KubernetesClient client, Cluster cluster) {
    this.client = client;
    this.cluster = cluster;
  }

  /**
   * Names a VM to the agent of the node that it runs on; absent if no pod of it runs there. A VM
   * that has been on this node before may still have a pod there that has ended.
   */
  public Optional<VmRef> running(VirtualMachineInstance vm, String node) {
    List<String> there =
        Optional.ofNullable(vm.getStatus())
            .map(VirtualMachineInstanceStatus::activePods)
            .orElse(Map.of())
            .entrySet()
            .stream()
            .filter(it -> node.equals(it.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    Optional<String> uid = there.size() > 1 ? runningOf(vm, there) : there.stream().findFirst();
    return uid.map(it -> ref(vm.getMetadata().getNamespace(), vm.getMetadata().getName(), it));
  }

  private Optional<String> runningOf(VirtualMachineInstance vm, List<String> podUids) {
    return client
        .pods()
        .inNamespace(vm.getMetadata().getNamespace())
        .withLabel(VMI_UID, vm.getMetadata().getUid())
        .list()
        .getItems()
        .stream()
        .filter(Launchers::isRunning)
        .map(pod -> pod.getMetadata().getUid())
        .filter(podUids::contains)
        .findFirst();
  }

  /** The pod that KubeVirt made to receive the VM; it may not have a node yet. */
  public Optional<Pod> target(String migrationUid) {
    return cluster.targetLauncher(migrationUid);
  }

  public static boolean isRunning(Pod launcher) {
    return "Running".equals(launcher.getStatus().getPhase());
  }

  /** Names a VM to the agent of the node that this pod is on. */
  public static VmRef ref(String vmName, Pod launcher) {
    return ref(launcher.getMetadata().getNamespace(), vmName, launcher.getMetadata().getUid());
  }

  private static VmRef ref(String namespace, String vmName, String podUid) {
    return VmRef.newBuilder()
        .setNamespace(namespace)
        .setName(vmName)
        .setLauncherPodUid(podUid)
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
