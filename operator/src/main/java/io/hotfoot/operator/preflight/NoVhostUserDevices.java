package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceSpec.Devices;
import io.hotfoot.kubevirt.VirtualMachineInstanceSpec.NetworkInterface;

/**
 * The programs behind vhost-user devices read the guest's memory by themselves. QEMU refuses
 * post-copy where one cannot wait for pages (VHOST_USER_PROTOCOL_F_PAGEFAULT), and neither
 * virtiofsd nor passt can: the target would fail before anything has moved.
 */
class NoVhostUserDevices implements Check.ForPostCopy {
  @Override
  public Verdict examine(Situation situation) {
    if (!hasAny(situation.vm())) {
      return Verdict.PASS;
    }
    return new Verdict.StepDown(
        EvictionMode.PreCopy,
        Reason.VhostUserDevices,
        "the VM shares a file system by virtiofs or has an interface bound by passt, with which"
            + " QEMU refuses post-copy; evicting by pre-copy");
  }

  static boolean hasAny(VirtualMachineInstance vm) {
    Devices devices = vm.getSpec().domain().devices();
    return devices != null
        && (devices.filesystems().stream().anyMatch(it -> it.virtiofs() != null)
            || devices.interfaces().stream().anyMatch(NoVhostUserDevices::isByPasst));
  }

  private static boolean isByPasst(NetworkInterface each) {
    return each.passtBinding() != null
        || each.binding() != null && "passt".equals(each.binding().name());
  }
}
