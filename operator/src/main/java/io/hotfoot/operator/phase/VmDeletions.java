package io.hotfoot.operator.phase;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.operator.agent.Wakeups;
import io.hotfoot.operator.cluster.Cluster;

/**
 * Has a VM's eviction looked at as soon as somebody deletes the VM: soon after, nothing tells that
 * from a VM that was lost.
 */
class VmDeletions implements ResourceEventHandler<VirtualMachineInstance> {
  private final Cluster cluster;
  private final Wakeups<VMEviction> wakeups;

  VmDeletions(Cluster cluster, Wakeups<VMEviction> wakeups) {
    this.cluster = cluster;
    this.wakeups = wakeups;
  }

  @Override
  public void onAdd(VirtualMachineInstance vm) {}

  @Override
  public void onUpdate(VirtualMachineInstance before, VirtualMachineInstance vm) {
    if (before.getMetadata().getDeletionTimestamp() == null
        && vm.getMetadata().getDeletionTimestamp() != null) {
      cluster
          .evictionsOf(vm.getMetadata().getNamespace(), vm.getMetadata().getName())
          .forEach(wakeups::wake);
    }
  }

  @Override
  public void onDelete(VirtualMachineInstance vm, boolean finalStateUnknown) {}
}
