package io.hotfoot.operator.eviction;

import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.PlanStatus;
import io.hotfoot.api.v1alpha1.TimingStatus;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;

/** How evictions ended and how long each step took, from their final status. */
public class EvictionMetrics {
  private final MeterRegistry registry;

  public EvictionMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  public void ended(Eviction eviction) {
    VMEvictionStatus status = eviction.status();
    registry
        .counter(
            "hotfoot.evictions",
            "result",
            status.phase.name(),
            "mode",
            eviction.mode().name(),
            "hints",
            (status.hints == null ? Hints.Source.None : status.hints.source()).name())
        .increment();
    TimingStatus timing = status.timing;
    took("wait", timing.requested, timing.started);
    took("switch", timing.started, timing.executionTransferred);
    took("working_set", timing.executionTransferred, timing.workingSetResident);
    took("drain", timing.executionTransferred, timing.completed);
    took("all", timing.requested, timing.completed);
    if (status.plan != null) {
      compare(status.plan);
    }
  }

  /** More than 1: it took longer than was foreseen. */
  private void compare(PlanStatus plan) {
    int foreseen =
        plan.order() == PlanStatus.Order.HintedFirst
            ? plan.hintedFirstMilliseconds()
            : plan.streamedMilliseconds();
    if (foreseen > 0 && plan.tookMilliseconds() != null) {
      registry
          .summary("hotfoot.eviction.took.ratio", "order", plan.order().name())
          .record((double) plan.tookMilliseconds() / foreseen);
    }
  }

  private void took(String step, Instant from, Instant to) {
    if (from != null && to != null && !to.isBefore(from)) {
      registry.timer("hotfoot.eviction.step", "step", step).record(Duration.between(from, to));
    }
  }
}
