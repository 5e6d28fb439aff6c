package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceStatus;
import java.util.Optional;

class VmRuns implements Check {
  @Override
  public Verdict examine(Situation situation) {
    String name = situation.eviction().spec().vmiName();
    Optional<VirtualMachineInstance> vm = situation.findVm();
    if (vm.isEmpty()) {
      return new Verdict.Refuse(
          Reason.VmiNotFound,
          "there is no VirtualMachineInstance %s in namespace %s: a stopped VM has none"
              .formatted(name, situation.eviction().namespace()));
    }
    VirtualMachineInstanceStatus status = vm.get().getStatus();
    if (status == null || !"Running".equals(status.phase()) || status.nodeName() == null) {
      return new Verdict.Refuse(
          Reason.VmiNotRunning,
          "VirtualMachineInstance %s is %s: only a running VM can be evicted"
              .formatted(name, status == null ? "not scheduled" : status.phase()));
    }
    return Verdict.PASS;
  }
}
