package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceStatus;
import io.hotfoot.operator.cluster.Cluster;
import java.util.Map;
import java.util.Optional;

/** Finds the pods that QEMU runs in. */
public class Launchers {
  private final Cluster cluster;

  public Launchers(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Names a VM to the agent of the node that it runs on; absent if KubeVirt knows no pod there. */
  public static Optional<VmRef> running(VirtualMachineInstance vm, String node) {
    return Optional.ofNullable(vm.getStatus())
        .map(VirtualMachineInstanceStatus::activePods)
        .flatMap(
            pods -> pods.entrySet().stream().filter(it -> node.equals(it.getValue())).findFirst())
        .map(Map.Entry::getKey)
        .map(uid -> ref(vm.getMetadata().getNamespace(), vm.getMetadata().getName(), uid));
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
