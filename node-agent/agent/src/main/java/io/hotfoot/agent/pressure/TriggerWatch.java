package io.hotfoot.agent.pressure;

import io.hotfoot.agent.v1.PressureResource;
import io.hotfoot.agent.v1.PressureTrigger;
import io.hotfoot.agent.v1.TriggerState;
import java.io.IOException;
import java.time.Duration;

/** Whether one trigger holds. */
final class TriggerWatch {
  private static final int WINDOW_MIN_MS = 1000;
  private static final int WINDOW_MAX_MS = 600_000;

  private final PressureTrigger trigger;
  private final NodeProc node;
  private final StallWindow window;

  /**
   * @throws IllegalArgumentException naming what is out of range
   */
  TriggerWatch(PressureTrigger trigger, NodeProc node) {
    require(
        trigger.getResource() != PressureResource.PRESSURE_UNSPECIFIED
            && trigger.getResource() != PressureResource.UNRECOGNIZED,
        "resource is none that this agent knows");
    if (trigger.getAvailableBelow() == 0) {
      int percent = trigger.getThresholdPercent();
      require(percent >= 1 && percent <= 100, "threshold_percent must be 1 to 100");
      int ms = trigger.getWindowMs();
      require(ms >= WINDOW_MIN_MS && ms <= WINDOW_MAX_MS, "window_ms must be 1000 to 600000");
    } else {
      require(
          trigger.getResource() == PressureResource.PRESSURE_MEMORY,
          "available_below is for PRESSURE_MEMORY only");
    }
    this.trigger = trigger;
    this.node = node;
    this.window = new StallWindow(Duration.ofMillis(Math.max(1, trigger.getWindowMs())));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("trigger: " + otherwise);
    }
  }

  /**
   * Looks again.
   *
   * @param nanos a clock that only goes forward, ns
   * @param memoryAvailable bytes
   */
  TriggerState look(long nanos, long memoryAvailable) {
    if (trigger.getAvailableBelow() != 0) {
      boolean holds = Long.compareUnsigned(memoryAvailable, trigger.getAvailableBelow()) < 0;
      return TriggerState.newBuilder().setHolds(holds).build();
    }
    try {
      window.add(nanos, node.stalledMicros(trigger.getResource(), trigger.getFull()));
    } catch (IOException e) {
      return TriggerState.newBuilder().setUnavailable(e.getMessage()).build();
    }
    int percent = window.percent();
    return TriggerState.newBuilder()
        .setPercent(percent)
        .setHolds(percent >= trigger.getThresholdPercent())
        .build();
  }
}
