package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.Quantity;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceStatus;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * When virt-launcher itself starts post-copy, should the agent not have done so: KubeVirt's
 * completionTimeoutPerGiB, in seconds for each GiB of the guest's memory, which KubeVirt rounds up
 * to whole units of 10^9 bytes. The sooner, the better for an agent that fails; but not before
 * hints are there, since they cannot be had after the switch.
 */
public final class SwitchTimeout {
  private static final int AT_ONCE = 1;

  /** For hints: what they may take, and the way of the news. */
  private static final int HINTS_SECONDS = 8;

  /** Long enough for hints of the smallest VM, where one is to do for all. */
  public static final int FOR_ANY = HINTS_SECONDS;

  /** KubeVirt's default. Under MigrationStallDetection a short one makes virt-launcher abort. */
  private static final int UNDER_STALL_DETECTION = 150;

  private static final BigDecimal KUBEVIRTS_GIB = BigDecimal.valueOf(1_000_000_000);

  private SwitchTimeout() {}

  public static int perGiB(VirtualMachineInstance vm, boolean hints, boolean stallDetection) {
    if (stallDetection) {
      return UNDER_STALL_DETECTION;
    }
    return hints ? Math.max(AT_ONCE, forHints(vm)) : AT_ONCE;
  }

  private static int forHints(VirtualMachineInstance vm) {
    BigDecimal size =
        Optional.ofNullable(vm.getStatus())
            .map(VirtualMachineInstanceStatus::memory)
            .map(VirtualMachineInstanceStatus.Memory::guestCurrent)
            .map(Quantity::getNumericalAmount)
            .filter(bytes -> bytes.signum() > 0)
            .map(bytes -> bytes.divide(KUBEVIRTS_GIB, 0, RoundingMode.CEILING))
            .orElse(BigDecimal.ONE);
    return BigDecimal.valueOf(HINTS_SECONDS).divide(size, 0, RoundingMode.CEILING).intValue();
  }
}
