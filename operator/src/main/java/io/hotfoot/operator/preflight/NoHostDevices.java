package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceSpec.Devices;

/** A device that writes to the guest's memory by itself cannot wait for pages. */
class NoHostDevices implements Check.ForPostCopy {
  @Override
  public Verdict examine(Situation situation) {
    if (!hasAny(situation.vm())) {
      return Verdict.PASS;
    }
    return new Verdict.StepDown(
        EvictionMode.PreCopy,
        Reason.HostDevices,
        "the VM has a host device, a GPU or an SR-IOV interface, with which post-copy is"
            + " impossible; evicting by pre-copy");
  }

  static boolean hasAny(VirtualMachineInstance vm) {
    Devices devices = vm.getSpec().domain().devices();
    return devices != null && hasAny(devices);
  }

  private static boolean hasAny(Devices devices) {
    return !devices.gpus().isEmpty()
        || !devices.hostDevices().isEmpty()
        || devices.interfaces().stream().anyMatch(it -> it.sriov() != null);
  }
}
