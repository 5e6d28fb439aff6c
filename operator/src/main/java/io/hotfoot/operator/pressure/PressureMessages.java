package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.PressureResource;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.agent.v1.WatchPressureRequest;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.PressureTrigger;
import io.hotfoot.operator.eviction.Durations;
import java.util.List;
import java.util.Optional;

/** A policy's triggers as agents are told them, and whether what they answer can be true. */
final class PressureMessages {
  private static final int VMS_MAX = 1000;
  private static final int CPU_MILLI_MAX = 10_000_000;

  private PressureMessages() {}

  static WatchPressureRequest request(NodePressurePolicy policy) {
    return WatchPressureRequest.newBuilder()
        .addAllTriggers(
            policy.getSpec().triggers().stream().map(PressureMessages::message).toList())
        .build();
  }

  private static io.hotfoot.agent.v1.PressureTrigger message(PressureTrigger trigger) {
    var message =
        io.hotfoot.agent.v1.PressureTrigger.newBuilder()
            .setResource(
                switch (trigger.resource()) {
                  case cpu -> PressureResource.PRESSURE_CPU;
                  case memory -> PressureResource.PRESSURE_MEMORY;
                  case io -> PressureResource.PRESSURE_IO;
                })
            .setWindowMs((int) Durations.parse(trigger.window()).toMillis());
    if (trigger.availableBelow() != null) {
      message.setAvailableBelow(trigger.availableBelow().getNumericalAmount().longValue());
    } else if (trigger.kubeletMargin() != null) {
      message.setKubeletMargin(trigger.kubeletMargin().getNumericalAmount().longValue());
    } else if (trigger.swapInAbove() != null) {
      message.setSwapInAbove(trigger.swapInAbove().getNumericalAmount().longValue());
    } else {
      message
          .setFull(trigger.stall() == PressureTrigger.Stall.Full)
          .setThresholdPercent(trigger.thresholdPercent());
    }
    return message.build();
  }

  /** What in this report cannot be, if anything. */
  static Optional<String> objection(NodePressurePolicy policy, PressureReport report) {
    List<PressureTrigger> triggers = policy.getSpec().triggers();
    if (report.getTriggersCount() != triggers.size()) {
      return Optional.of("%d triggers of %d".formatted(report.getTriggersCount(), triggers.size()));
    }
    for (int i = 0; i < triggers.size(); i++) {
      Optional<String> objection = objection(triggers.get(i), report.getTriggers(i));
      if (objection.isPresent()) {
        return objection;
      }
    }
    if (Long.compareUnsigned(report.getMemoryAvailable(), report.getMemoryTotal()) > 0) {
      return Optional.of("more memory available than the node has");
    }
    if (report.getVmsCount() > VMS_MAX) {
      return Optional.of(report.getVmsCount() + " VMs");
    }
    return report.getVmsList().stream()
        .filter(vm -> !isSound(vm, report.getMemoryTotal()))
        .findFirst()
        .map(vm -> "what VM %s/%s takes".formatted(vm.getNamespace(), vm.getName()));
  }

  private static Optional<String> objection(PressureTrigger trigger, TriggerState state) {
    int percent = state.getPercent();
    if (percent < 0 || percent > 100) {
      return Optional.of(Integer.toUnsignedString(percent) + " percent");
    }
    boolean contradicts =
        trigger.thresholdPercent() != null
            && state.getHolds() != percent >= trigger.thresholdPercent();
    return contradicts
        ? Optional.of(
            "%d percent %s to pass %d"
                .formatted(
                    percent, state.getHolds() ? "said" : "said not", trigger.thresholdPercent()))
        : Optional.empty();
  }

  private static boolean isSound(VmUsage vm, long memoryTotal) {
    return Long.compareUnsigned(vm.getResidentBytes(), memoryTotal) <= 0
        && Integer.compareUnsigned(vm.getCpuMilli(), CPU_MILLI_MAX) <= 0
        && Integer.compareUnsigned(vm.getCpuWaitMilli(), CPU_MILLI_MAX) <= 0
        && vm.getIoBytes() >= 0
        && vm.getHintedBytes() >= 0;
  }
}
