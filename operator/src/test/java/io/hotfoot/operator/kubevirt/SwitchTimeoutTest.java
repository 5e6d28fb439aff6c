package io.hotfoot.operator.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwitchTimeoutTest {
  @ParameterizedTest
  @CsvSource({"512Mi, 8", "1Gi, 4", "3Gi, 2", "8Gi, 1", "64Gi, 1", ", 8"})
  void leavesTimeForHints(String memory, int perGiB) {
    assertThat(SwitchTimeout.perGiB(vm(memory), true, false)).isEqualTo(perGiB);
  }

  @Test
  void isAtOnceWithoutHints() {
    assertThat(SwitchTimeout.perGiB(vm("1Gi"), false, false)).isEqualTo(1);
  }

  @Test
  void isKubeVirtsOwnUnderStallDetection() {
    assertThat(SwitchTimeout.perGiB(vm("64Gi"), true, true)).isEqualTo(150);
  }

  private static VirtualMachineInstance vm(String memory) {
    VirtualMachineInstance vm = new VirtualMachineInstance();
    var guest =
        memory == null ? null : new VirtualMachineInstanceStatus.Memory(new Quantity(memory));
    vm.setStatus(new VirtualMachineInstanceStatus("Running", "node-a", null, guest, null, null));
    return vm;
  }
}
