package io.hotfoot.operator.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.HintStatus;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.operator.eviction.Eviction;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvictionTracesTest {
  private static final String UID = "7dcbdc77-0000-4000-8000-0a03032f8001";
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aTraceHasASpanForEachStep() {
    Kept kept = new Kept();
    try (var traces = new EvictionTraces(SimpleSpanProcessor.create(kept), "0.1.0")) {
      traces.ended(ended());
    }
    assertThat(kept.spans)
        .allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(UID.replace("-", "")))
        .extracting(SpanData::getName)
        .containsExactly(
            "wait", "take hints", "switch", "pull hot pages", "throttle", "drain", "evict");
    SpanData whole = kept.spans.getLast();
    assertThat(whole.getAttributes().asMap())
        .containsEntry(AttributeKey.stringKey("hotfoot.eviction"), "shop/evict-1")
        .containsEntry(AttributeKey.stringKey("hotfoot.rung"), "GuestHints");
    assertThat(kept.spans.subList(0, 6))
        .allSatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo(whole.getSpanId()));
    SpanData pull = kept.spans.get(3);
    assertThat(pull.getEndEpochNanos() - pull.getStartEpochNanos())
        .isEqualTo(Duration.ofSeconds(2).toNanos());
    assertThat(pull.getAttributes().get(AttributeKey.stringKey("hotfoot.agent.node")))
        .isEqualTo("node-b");
  }

  @Test
  void oneThatNeverBeganHasOnlyWaited() {
    Eviction eviction = eviction();
    eviction.status().phase = EvictionPhase.Failed;
    eviction.status().timing.completed = START.plusSeconds(1);
    Kept kept = new Kept();
    try (var traces = new EvictionTraces(SimpleSpanProcessor.create(kept), "0.1.0")) {
      traces.ended(eviction);
    }
    assertThat(kept.spans).extracting(SpanData::getName).containsExactly("evict");
  }

  private static Eviction ended() {
    Eviction eviction = eviction();
    var status = eviction.status();
    status.phase = EvictionPhase.Succeeded;
    status.sourceNode = "node-a";
    status.targetNode = "node-b";
    status.hints = new HintStatus(Hints.Source.Guest, 100L, 409_600L, null, 450);
    status.timing.started = START.plusSeconds(1);
    status.timing.executionTransferred = START.plusSeconds(3);
    status.timing.throttleLifted = START.plusSeconds(5);
    status.timing.workingSetResident = START.plusSeconds(5);
    status.timing.completed = START.plusSeconds(9);
    return eviction;
  }

  private static Eviction eviction() {
    VMEviction resource = new VMEviction();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("shop")
            .withName("evict-1")
            .withUid(UID)
            .withCreationTimestamp(START.toString())
            .build());
    resource.setSpec(
        new VMEvictionSpec(
            "db", EvictionMode.Enlightened, null, null, "10m", 0, false, null, null, null));
    return new Eviction(resource, START);
  }

  private static final class Kept implements SpanExporter {
    private final List<SpanData> spans = new ArrayList<>();

    @Override
    public CompletableResultCode export(Collection<SpanData> more) {
      spans.addAll(more);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
