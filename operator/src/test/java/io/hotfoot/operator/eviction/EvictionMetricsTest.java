package io.hotfoot.operator.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.HintStatus;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.TransferStatus;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.operator.metrics.Metric;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EvictionMetricsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final EvictionMetrics metrics = new EvictionMetrics(registry);

  @Test
  void anEvictionByHintsIsCountedInFull() {
    Eviction eviction = ended(EvictionPhase.Succeeded, Reason.Succeeded);
    eviction.status().hints = new HintStatus(Hints.Source.Guest, 100L, 409_600L, null, 450);
    eviction.status().transfer = new TransferStatus(100, 100, 90L, 120L, 25, 60);
    eviction.status().timing.executionTransferred = START.plusSeconds(3);
    eviction.status().timing.throttleLifted = START.plusSeconds(5);
    metrics.ended(eviction);

    assertThat(
            Metric.EVICTIONS
                .counter(registry, "Succeeded", "Enlightened", "GuestHints", "Succeeded")
                .count())
        .isEqualTo(1);
    assertThat(Metric.PULLED.counter(registry).count()).isEqualTo(90 * 4096);
    assertThat(Metric.REMOTE_FAULTS.counter(registry).count()).isEqualTo(120);
    assertThat(Metric.MISSED_FAULTS.counter(registry).count()).isEqualTo(30);
    assertThat(Metric.THROTTLE.timer(registry).totalTime(TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(Metric.HINTED.summary(registry, "Guest").totalAmount()).isEqualTo(409_600);
    assertThat(Metric.HINT_COLLECTION.timer(registry, "Guest").totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(450);
    assertThat(Metric.GUEST_DOWNTIME.timer(registry).totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(60);
    assertThat(Metric.EVICTION_STEP.timer(registry, "switch").totalTime(TimeUnit.SECONDS))
        .isEqualTo(2);
  }

  @Test
  void oneThatNeverBeganTellsNothingOfMemory() {
    metrics.ended(ended(EvictionPhase.Failed, Reason.VmiNotFound));
    assertThat(
            Metric.EVICTIONS
                .counter(registry, "Failed", "Enlightened", "PostCopy", "VmiNotFound")
                .count())
        .isEqualTo(1);
    assertThat(registry.getMeters())
        .extracting(it -> it.getId().getName())
        .contains("hotfoot.eviction.step")
        .doesNotContain("hotfoot.pulled", "hotfoot.throttle", "hotfoot.hinted");
  }

  private static Eviction ended(EvictionPhase phase, Reason reason) {
    VMEviction resource = new VMEviction();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("shop")
            .withName("evict-1")
            .withGeneration(1L)
            .withCreationTimestamp(START.toString())
            .build());
    resource.setSpec(
        new VMEvictionSpec(
            "db", EvictionMode.Enlightened, null, null, "10m", 0, false, null, null, null));
    Eviction eviction = new Eviction(resource, START.plusSeconds(9));
    eviction.status().phase = phase;
    eviction.status().timing.started = START.plusSeconds(1);
    eviction.status().timing.completed = START.plusSeconds(9);
    eviction.say(EvictionCondition.Type.Completed, EvictionCondition.Status.True, reason, "");
    return eviction;
  }
}
