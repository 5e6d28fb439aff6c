package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.PressureTrigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How pressed a node is, by the triggers of one policy.
 *
 * @param report one state for each trigger
 */
public record NodePressure(String node, List<PressureTrigger> triggers, PressureReport report) {

  static NodePressure of(String node, NodePressurePolicy policy, PressureReport report) {
    return new NodePressure(node, policy.getSpec().triggers(), report);
  }

  boolean pressed() {
    return report.getTriggersList().stream().anyMatch(TriggerState::getHolds);
  }

  /** Pressed by a trigger that counts no lost time, or by one by which it loses more than this. */
  boolean pressedBeyond(int percent) {
    for (int i = 0; i < triggers.size(); i++) {
      TriggerState state = report.getTriggers(i);
      boolean countsTime = triggers.get(i).thresholdPercent() != null;
      if (state.getHolds() && (!countsTime || state.getPercent() > percent)) {
        return true;
      }
    }
    return false;
  }

  /** What is short: of the triggers that hold, the first one's resource. */
  Optional<PressureTrigger.Resource> shortOf() {
    for (int i = 0; i < triggers.size(); i++) {
      if (report.getTriggers(i).getHolds()) {
        return Optional.of(triggers.get(i).resource());
      }
    }
    return Optional.empty();
  }

  /** The most that was lost to waiting, by any of the triggers, in percent. */
  int percent() {
    return report.getTriggersList().stream().mapToInt(TriggerState::getPercent).max().orElse(0);
  }

  /** Why a trigger cannot be told on this node, if one cannot. */
  Optional<String> unavailable() {
    return report.getTriggersList().stream()
        .map(TriggerState::getUnavailable)
        .filter(why -> !why.isEmpty())
        .findFirst();
  }

  /** VMs whose cgroups do not count in which time they wait for memory. */
  int vmsWithoutStalls() {
    return (int) report.getVmsList().stream().filter(VmUsage::getMemoryStallsUncounted).count();
  }

  /** The triggers that hold, for people: "cpu Some 63% over 10s". */
  String describe() {
    List<String> holding = new ArrayList<>();
    for (int i = 0; i < triggers.size(); i++) {
      TriggerState state = report.getTriggers(i);
      if (state.getHolds()) {
        holding.add(describe(triggers.get(i), state));
      }
    }
    return String.join(", ", holding);
  }

  private String describe(PressureTrigger trigger, TriggerState state) {
    if (trigger.availableBelow() != null) {
      return "memory: %d MiB available, less than %s"
          .formatted(report.getMemoryAvailable() >> 20, trigger.availableBelow());
    }
    if (trigger.kubeletMargin() != null) {
      return "memory: less than %s until kubelet itself evicts".formatted(trigger.kubeletMargin());
    }
    if (trigger.swapInAbove() != null) {
      return "memory: more than %s a second read back from swap over %s"
          .formatted(trigger.swapInAbove(), trigger.window());
    }
    return "%s %s %d%% over %s"
        .formatted(trigger.resource(), trigger.stall(), state.getPercent(), trigger.window());
  }
}
