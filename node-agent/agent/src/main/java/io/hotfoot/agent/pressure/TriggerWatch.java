package io.hotfoot.agent.pressure;

import io.hotfoot.agent.v1.PressureResource;
import io.hotfoot.agent.v1.PressureTrigger;
import io.hotfoot.agent.v1.TriggerState;
import java.io.IOException;
import java.time.Duration;

/** Whether one trigger holds. */
abstract class TriggerWatch {
  private static final int WINDOW_MIN_MS = 1000;
  private static final int WINDOW_MAX_MS = 600_000;

  /**
   * @throws IllegalArgumentException naming what is out of range
   */
  static TriggerWatch of(PressureTrigger trigger, NodeProc node) {
    PressureResource resource = trigger.getResource();
    require(
        resource != PressureResource.PRESSURE_UNSPECIFIED
            && resource != PressureResource.UNRECOGNIZED,
        "resource is none that this agent knows");
    if (trigger.getAvailableBelow() != 0) {
      requireMemory(resource, "available_below");
      return new MemoryFloor(node, trigger.getAvailableBelow());
    }
    if (trigger.getKubeletMargin() != 0) {
      requireMemory(resource, "kubelet_margin");
      return new KubeletMargin(node, trigger.getKubeletMargin());
    }
    int ms = trigger.getWindowMs();
    require(ms >= WINDOW_MIN_MS && ms <= WINDOW_MAX_MS, "window_ms must be 1000 to 600000");
    if (trigger.getSwapInAbove() != 0) {
      requireMemory(resource, "swap_in_above");
      return new SwapIn(node, trigger.getSwapInAbove(), Duration.ofMillis(ms));
    }
    int percent = trigger.getThresholdPercent();
    require(percent >= 1 && percent <= 100, "threshold_percent must be 1 to 100");
    return new Stall(node, resource, trigger.getFull(), percent, Duration.ofMillis(ms));
  }

  private static void requireMemory(PressureResource resource, String field) {
    require(resource == PressureResource.PRESSURE_MEMORY, field + " is for PRESSURE_MEMORY only");
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
   */
  TriggerState look(long nanos) {
    try {
      return state(nanos);
    } catch (IOException e) {
      return TriggerState.newBuilder().setUnavailable(e.getMessage()).build();
    }
  }

  /**
   * @throws IOException if it cannot be told; the message says what to do
   */
  abstract TriggerState state(long nanos) throws IOException;

  private static TriggerState holds(boolean holds) {
    return TriggerState.newBuilder().setHolds(holds).build();
  }

  /** Time lost to waiting. */
  private static final class Stall extends TriggerWatch {
    private final NodeProc node;
    private final PressureResource resource;
    private final boolean full;
    private final int threshold;
    private final StallWindow window;

    Stall(NodeProc node, PressureResource resource, boolean full, int threshold, Duration window) {
      this.node = node;
      this.resource = resource;
      this.full = full;
      this.threshold = threshold;
      this.window = new StallWindow(window);
    }

    @Override
    TriggerState state(long nanos) throws IOException {
      window.add(nanos, node.stalledMicros(resource, full));
      int percent = window.percent();
      return TriggerState.newBuilder().setPercent(percent).setHolds(percent >= threshold).build();
    }
  }

  /** Memory that is available to programs. */
  private static final class MemoryFloor extends TriggerWatch {
    private final NodeProc node;
    private final long bytes;

    MemoryFloor(NodeProc node, long bytes) {
      this.node = node;
      this.bytes = bytes;
    }

    @Override
    TriggerState state(long nanos) throws IOException {
      return holds(Long.compareUnsigned(node.memory("MemAvailable"), bytes) < 0);
    }
  }

  /** Memory that is left until kubelet evicts. */
  private static final class KubeletMargin extends TriggerWatch {
    private final KubeletThreshold kubelet;
    private final long margin;

    KubeletMargin(NodeProc node, long margin) {
      this.kubelet = new KubeletThreshold(node);
      this.margin = margin;
    }

    @Override
    TriggerState state(long nanos) throws IOException {
      return holds(kubelet.left() < margin);
    }
  }

  /** What was read back from swap. */
  private static final class SwapIn extends TriggerWatch {
    private static final long SECOND = 1_000_000_000;

    private final NodeProc node;
    private final long threshold;
    private final Growth read;

    SwapIn(NodeProc node, long threshold, Duration window) {
      this.node = node;
      this.threshold = threshold;
      this.read = new Growth(window);
    }

    @Override
    TriggerState state(long nanos) throws IOException {
      read.add(nanos, node.swappedIn());
      return holds(read.in(SECOND) > threshold);
    }
  }
}
