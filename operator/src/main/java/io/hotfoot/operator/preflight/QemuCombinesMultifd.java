package io.hotfoot.operator.preflight;

import io.hotfoot.agent.v1.VmDescription;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.VirtualMachineInstanceSpec.Domain;
import io.hotfoot.operator.agent.AgentException;

/**
 * KubeVirt 1.9 asks for parallel migration together with post-copy where the VM has neither a CPU
 * limit nor dedicated CPUs. QEMU before 10.1 refuses the two together.
 */
class QemuCombinesMultifd implements Check.ForPostCopy {
  private static final long QEMU_10_1 = 10_001_000;

  @Override
  public Verdict examine(Situation situation) {
    VmDescription vm;
    try {
      vm = situation.describeVm();
    } catch (AgentException e) {
      return new Verdict.Wait(Reason.AgentUnavailable, e.getMessage());
    }
    if (vm.getJobActive()) {
      return new Verdict.Wait(
          Reason.MigrationActive, "libvirt has a job running on this VM; waiting for its end");
    }
    if (vm.getQemuVersion() >= QEMU_10_1 || !kubeVirtAsksForBoth(situation)) {
      return Verdict.PASS;
    }
    return new Verdict.StepDown(
        EvictionMode.PreCopy,
        Reason.MultifdUnsupported,
        "QEMU %d.%d cannot combine post-copy with the parallel migration that KubeVirt asks for; evicting by pre-copy. To allow post-copy, give the VM a CPU limit (spec.domain.resources.limits.cpu) or update to QEMU 10.1"
            .formatted(vm.getQemuVersion() / 1_000_000, vm.getQemuVersion() / 1_000 % 1_000));
  }

  private static boolean kubeVirtAsksForBoth(Situation situation) {
    return !hasCpuBound(situation.vm().getSpec().domain())
        && situation
            .kubeVirt()
            .map(it -> it.getStatus().observedKubeVirtVersion())
            .map(version -> KubeVirtVersion.parse(version).isAtLeast(1, 9))
            .orElse(true);
  }

  static boolean hasCpuBound(Domain domain) {
    boolean dedicated =
        domain.cpu() != null && Boolean.TRUE.equals(domain.cpu().dedicatedCpuPlacement());
    boolean limited =
        domain.resources() != null
            && domain.resources().limits() != null
            && domain.resources().limits().containsKey("cpu");
    return dedicated || limited;
  }
}
