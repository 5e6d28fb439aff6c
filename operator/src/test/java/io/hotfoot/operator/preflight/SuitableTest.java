package io.hotfoot.operator.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuitableTest {
  private static final String BOUND = "cpu: {dedicatedCpuPlacement: true}, ";

  private static boolean isSuitable(String domain) {
    return Suitable.forPostCopyAnywhere(
        Serialization.unmarshal(
            """
            apiVersion: kubevirt.io/v1
            kind: VirtualMachineInstance
            metadata: {name: vm, namespace: default}
            spec: {domain: {%s}}
            status: {phase: Running, nodeName: n, conditions: [{type: LiveMigratable, status: "True"}]}
            """
                .formatted(domain),
            VirtualMachineInstance.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "devices: {}",
        "devices: {interfaces: [{name: i, masquerade: {}}]}",
        "devices: {interfaces: [{name: i, binding: {name: managed-tap}}]}",
        "memory: {hugepages: {pageSize: 2Mi}}"
      })
  void isWhatPostCopyCanMove(String domain) {
    assertThat(isSuitable(BOUND + domain)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "devices: {gpus: [{name: g}]}",
        "devices: {hostDevices: [{name: h}]}",
        "devices: {interfaces: [{name: i, sriov: {}}]}",
        "devices: {interfaces: [{name: i, passtBinding: {}}]}",
        "devices: {filesystems: [{name: f, virtiofs: {}}]}",
        "memory: {hugepages: {pageSize: 1Gi}}"
      })
  void isNotWhatItCannotMoveOrMovesBadly(String domain) {
    assertThat(isSuitable(BOUND + domain)).isFalse();
  }

  @Test
  void isNotWhatMayMeetAnOldQemu() {
    assertThat(isSuitable("cpu: {}")).isFalse();
  }
}
