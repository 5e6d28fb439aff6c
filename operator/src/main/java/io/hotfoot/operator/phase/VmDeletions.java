package io.hotfoot.operator.phase;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.eviction.Eviction;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The evictions whose VMs were deleted, or stopped, while they ran. At its end nothing tells such a
 * VM from one that was lost: KubeVirt deletes that, too.
 */
class VmDeletions implements ResourceEventHandler<VirtualMachineInstance> {
  private final Cluster cluster;
  private final Set<String> evictionUids = ConcurrentHashMap.newKeySet();

  VmDeletions(Cluster cluster) {
    this.cluster = cluster;
    cluster.onVms(this);
  }

  boolean concern(Eviction eviction) {
    return evictionUids.contains(eviction.uid());
  }

  /** Not before the object goes: an end whose writing fails is found anew. */
  void forget(Eviction eviction) {
    evictionUids.remove(eviction.uid());
  }

  @Override
  public void onAdd(VirtualMachineInstance vm) {}

  @Override
  public void onUpdate(VirtualMachineInstance before, VirtualMachineInstance vm) {
    if (vm.runs()
        && before.getMetadata().getDeletionTimestamp() == null
        && vm.getMetadata().getDeletionTimestamp() != null) {
      cluster.evictionsOf(vm.getMetadata().getNamespace(), vm.getMetadata().getName()).stream()
          .filter(it -> it.inProgress())
          .forEach(it -> evictionUids.add(it.getMetadata().getUid()));
    }
  }

  @Override
  public void onDelete(VirtualMachineInstance vm, boolean finalStateUnknown) {}
}
