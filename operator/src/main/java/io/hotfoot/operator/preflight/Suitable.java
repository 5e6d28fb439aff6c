package io.hotfoot.operator.preflight;

import io.hotfoot.kubevirt.VirtualMachineInstance;

/** What can be told of a VM before anybody wants to move it. */
public final class Suitable {
  private Suitable() {}

  /**
   * Whether post-copy of this VM fails on no node that allows post-copy at all, whatever its QEMU.
   */
  public static boolean forPostCopyAnywhere(VirtualMachineInstance vm) {
    return vm.canMigrate()
        && !NoHostDevices.hasAny(vm)
        && !NoVhostUserDevices.hasAny(vm)
        && HugePagesAreSmall.in(vm)
        && QemuCombinesMultifd.hasCpuBound(vm.getSpec().domain());
  }
}
