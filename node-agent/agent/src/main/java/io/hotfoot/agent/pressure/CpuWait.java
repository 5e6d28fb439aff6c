package io.hotfoot.agent.pressure;

import io.hotfoot.agent.v1.PressureResource;
import java.io.IOException;
import java.util.function.LongSupplier;

/** For what share of the time work has waited for this node's CPUs since this was made. */
public final class CpuWait {
  private final NodeProc node;
  private final LongSupplier nanoTime;
  private final long begunNanos;
  private final long begunMicros;

  /**
   * @param nanoTime a clock that only goes forward, ns
   */
  public CpuWait(NodeProc node, LongSupplier nanoTime) {
    this.node = node;
    this.nanoTime = nanoTime;
    begunNanos = nanoTime.getAsLong();
    begunMicros = stalledMicros();
  }

  /** 0 to 1; 0 on a node whose kernel does not count it. */
  public double share() {
    long passed = (nanoTime.getAsLong() - begunNanos) / 1000;
    return passed <= 0 ? 0 : Math.clamp((double) (stalledMicros() - begunMicros) / passed, 0, 1);
  }

  private long stalledMicros() {
    try {
      return node.stalledMicros(PressureResource.PRESSURE_CPU, false);
    } catch (IOException e) {
      return 0; // whoever waits for pressure is told why
    }
  }
}
