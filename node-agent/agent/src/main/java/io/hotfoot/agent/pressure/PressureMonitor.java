package io.hotfoot.agent.pressure;

import io.hotfoot.agent.hints.HintMemory;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.agent.v1.WatchPressureRequest;
import io.hotfoot.agent.vm.VmLocator;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What one caller of WatchPressure is told: looks when asked to, and says what is news. */
public final class PressureMonitor {
  private static final int TRIGGERS_MAX = 8;
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final List<TriggerWatch> triggers;
  private final NodeProc node;
  private final VmUsages usages;
  private final HintMemory hints;
  private final LongSupplier nanoTime;
  private List<Boolean> told = List.of();
  private List<VmUsage> vms = List.of();
  private Long toldNanos;
  private Long vmsNanos;

  /**
   * @param nanoTime a clock that only goes forward, ns
   * @throws IllegalArgumentException naming what is wrong with the request
   */
  public PressureMonitor(
      WatchPressureRequest request,
      NodeProc node,
      VmLocator locator,
      HintMemory hints,
      LongSupplier nanoTime) {
    if (request.getTriggersCount() < 1 || request.getTriggersCount() > TRIGGERS_MAX) {
      throw new IllegalArgumentException("triggers: expected 1 to " + TRIGGERS_MAX);
    }
    this.triggers =
        request.getTriggersList().stream().map(it -> TriggerWatch.of(it, node)).toList();
    this.node = node;
    this.usages = new VmUsages(locator, hints);
    this.hints = hints;
    this.nanoTime = nanoTime;
  }

  /** A report when a trigger has begun or ceased to hold, and every second; otherwise empty. */
  public Optional<PressureReport> look() throws IOException {
    long now = nanoTime.getAsLong();
    List<TriggerState> states = triggers.stream().map(it -> it.look(now)).toList();
    List<Boolean> holds = states.stream().map(TriggerState::getHolds).toList();
    if (holds.equals(told) && !isOver(toldNanos, now)) {
      return Optional.empty();
    }
    told = holds;
    toldNanos = now;
    PressureReport report =
        PressureReport.newBuilder()
            .addAllTriggers(states)
            .setMemoryTotal(node.memory("MemTotal"))
            .setMemoryAvailable(node.memory("MemAvailable"))
            .addAllVms(vms(now))
            .build();
    hints.watched(holds.contains(true), usages.vms());
    return Optional.of(report);
  }

  /** Usage over less than a second would say little. */
  private List<VmUsage> vms(long now) throws IOException {
    if (isOver(vmsNanos, now)) {
      vms = usages.look(now);
      vmsNanos = now;
    }
    return vms;
  }

  private static boolean isOver(Long since, long now) {
    return since == null || now - since >= EVERY.toNanos();
  }
}
