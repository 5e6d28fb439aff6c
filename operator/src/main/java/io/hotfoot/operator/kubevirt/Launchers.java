package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceStatus;
import io.hotfoot.operator.cluster.Cluster;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The pods that QEMU runs in. */
public class Launchers {
  private static final String VMI_UID = "kubevirt.io/created-by";

  /** The readiness gate by which virt-controller keeps Services from a VM that does not run. */
  private static final String UNPAUSED = "kubevirt.io/virtual-machine-unpaused";

  /** Labels that KubeVirt gives launchers; the chart's admission.yaml has them, too. */
  public static final Set<String> KUBEVIRTS_LABELS =
      Set.of(
          "kubevirt.io",
          VMI_UID,
          "kubevirt.io/migrationJobUID",
          "kubevirt.io/nodeName",
          "kubevirt.io/outdatedLauncherImage",
          "vm.kubevirt.io/name",
          "vmi.kubevirt.io/id");

  private static final PatchContext STRATEGIC_MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);

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
    return of(vm.getMetadata().getNamespace(), vm.getMetadata().getUid()).stream()
        .filter(Launchers::isRunning)
        .map(pod -> pod.getMetadata().getUid())
        .filter(podUids::contains)
        .findFirst();
  }

  /** The pods of the VM that has this one, which is among them, as they are now. */
  public List<Pod> siblings(Pod launcher) {
    var metadata = launcher.getMetadata();
    return of(metadata.getNamespace(), metadata.getLabels().get(VMI_UID));
  }

  private List<Pod> of(String namespace, String vmUid) {
    return client.pods().inNamespace(namespace).withLabel(VMI_UID, vmUid).list().getItems();
  }

  /** Whether this label is the user's, not one by which KubeVirt or network plugins find pods. */
  public static boolean isUsers(String label) {
    return !KUBEVIRTS_LABELS.contains(label);
  }

  /**
   * Takes labels off. By the pod's status, so that it takes no right to change what runs in it.
   *
   * @param labels those that it does not have are left out of account
   */
  public void dropLabels(Pod launcher, Set<String> labels) {
    Map<String, Object> dropped = new TreeMap<>();
    labels.stream()
        .filter(launcher.getMetadata().getLabels()::containsKey)
        .forEach(it -> dropped.put(it, null));
    if (!dropped.isEmpty()) {
      patchStatus(launcher, Map.of("metadata", Map.of("labels", dropped)));
    }
  }

  public static boolean isUnpaused(Pod launcher) {
    return launcher.getStatus().getConditions().stream()
        .anyMatch(it -> UNPAUSED.equals(it.getType()) && "True".equals(it.getStatus()));
  }

  /** Says in KubeVirt's place that the VM runs here; kubelet then makes the pod ready. */
  public void openGate(Pod launcher) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    var unpaused =
        Map.of(
            "type",
            UNPAUSED,
            "status",
            "True",
            "lastProbeTime",
            now,
            "lastTransitionTime",
            now,
            "reason",
            "NotPaused",
            "message",
            "the virtual machine runs here, its memory follows");
    patchStatus(launcher, Map.of("status", Map.of("conditions", List.of(unpaused))));
  }

  private void patchStatus(Pod launcher, Map<String, ?> patch) {
    client
        .resource(launcher)
        .subresource("status")
        .patch(STRATEGIC_MERGE, Serialization.asJson(patch));
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
