package io.hotfoot.operator.eviction;

import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.HintStatus;
import io.hotfoot.api.v1alpha1.PlanStatus;
import io.hotfoot.api.v1alpha1.Rung;
import io.hotfoot.api.v1alpha1.TimingStatus;
import io.hotfoot.api.v1alpha1.TransferStatus;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;

/** How evictions ended, how long each step took and how good hints were: from the final status. */
public class EvictionMetrics {
  private final MeterRegistry registry;

  public EvictionMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  public void ended(Eviction eviction) {
    VMEvictionStatus status = eviction.status();
    Metric.EVICTIONS
        .counter(
            registry,
            status.phase.name(),
            eviction.spec().mode().name(),
            Rung.of(eviction.mode(), status.hints).name(),
            Conditions.find(status.conditions, EvictionCondition.Type.Completed)
                .map(it -> it.reason().name())
                .orElse(""))
        .increment();
    TimingStatus timing = status.timing;
    step("wait", timing.requested, timing.started);
    step("switch", timing.started, timing.executionTransferred);
    step("working_set", timing.executionTransferred, timing.workingSetResident);
    step("drain", timing.executionTransferred, timing.completed);
    step("all", timing.requested, timing.completed);
    took(Metric.THROTTLE, timing.executionTransferred, timing.throttleLifted);
    if (status.hints != null && status.hints.pages() != null) {
      hinted(status.hints);
    }
    if (status.transfer != null) {
      transferred(status.transfer);
    }
    if (status.plan != null) {
      compare(status.plan);
    }
  }

  private void hinted(HintStatus hints) {
    String source = hints.source().name();
    Metric.HINTED.summary(registry, source).record(hints.bytes());
    if (hints.collectedMilliseconds() != null) {
      Metric.HINT_COLLECTION
          .timer(registry, source)
          .record(Duration.ofMillis(hints.collectedMilliseconds()));
    }
  }

  private void transferred(TransferStatus transfer) {
    if (transfer.downtimeMilliseconds() != null) {
      Metric.GUEST_DOWNTIME
          .timer(registry)
          .record(Duration.ofMillis(transfer.downtimeMilliseconds()));
    }
    if (transfer.pulledPages() == null) {
      return;
    }
    Metric.PULLED
        .counter(registry)
        .increment((double) transfer.pulledPages() * HintStatus.PAGE_BYTES);
    if (transfer.remoteFaults() != null) {
      Metric.REMOTE_FAULTS.counter(registry).increment(transfer.remoteFaults());
    }
    MissedFaults.count(transfer).ifPresent(Metric.MISSED_FAULTS.counter(registry)::increment);
  }

  /** More than 1: it took longer than was foreseen. */
  private void compare(PlanStatus plan) {
    int foreseen =
        plan.order() == PlanStatus.Order.HintedFirst
            ? plan.hintedFirstMilliseconds()
            : plan.streamedMilliseconds();
    if (foreseen > 0 && plan.tookMilliseconds() != null) {
      Metric.EVICTION_TOOK
          .summary(registry, plan.order().name())
          .record((double) plan.tookMilliseconds() / foreseen);
    }
  }

  private void step(String step, Instant from, Instant to) {
    took(Metric.EVICTION_STEP, from, to, step);
  }

  private void took(Metric metric, Instant from, Instant to, String... labels) {
    if (from != null && to != null && !to.isBefore(from)) {
      metric.timer(registry, labels).record(Duration.between(from, to));
    }
  }
}
