package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceCondition;
import java.util.List;
import java.util.Objects;

class VmIsLiveMigratable implements Check {
  @Override
  public Verdict examine(Situation situation) {
    List<VirtualMachineInstanceCondition> conditions =
        Objects.requireNonNullElse(situation.vm().getStatus().conditions(), List.of());
    return conditions.stream()
        .filter(it -> VirtualMachineInstance.LIVE_MIGRATABLE.equals(it.type()))
        .findFirst()
        .map(VmIsLiveMigratable::judge)
        .orElse(refuse("KubeVirt has not said yet that it is"));
  }

  private static Verdict judge(VirtualMachineInstanceCondition condition) {
    return "True".equals(condition.status())
        ? Verdict.PASS
        : refuse(condition.reason() + ": " + condition.message());
  }

  private static Verdict refuse(String why) {
    return new Verdict.Refuse(Reason.NotLiveMigratable, "the VM is not live-migratable: " + why);
  }
}
