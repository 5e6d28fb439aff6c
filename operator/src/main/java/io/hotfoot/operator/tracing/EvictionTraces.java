package io.hotfoot.operator.tracing;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Rung;
import io.hotfoot.api.v1alpha1.TimingStatus;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.eviction.Eviction;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Instant;

/**
 * Tells a collector of each eviction that has ended: a trace with a span for each step, of the
 * agents' work too. It is made from the final status, which has what the agents reported. So it is
 * whole also where the operator was replaced on the way, and agents need not talk to anybody.
 */
public final class EvictionTraces implements AutoCloseable {
  private static final String SCOPE = "io.hotfoot.eviction";

  private final TraceIds ids = new TraceIds();
  private final SdkTracerProvider provider;
  private final Tracer tracer;

  EvictionTraces(SpanProcessor processor, String version) {
    provider =
        SdkTracerProvider.builder()
            .setIdGenerator(ids)
            .setResource(
                Resource.builder()
                    .put("service.name", "hotfoot-operator")
                    .put("service.version", version)
                    .build())
            .addSpanProcessor(processor)
            .build();
    tracer = provider.get(SCOPE, version);
  }

  /**
   * @param endpoint of a collector that takes OTLP by HTTP, as http://collector:4318
   */
  public static EvictionTraces to(String endpoint, String version) {
    String url = endpoint.replaceFirst("/+$", "") + "/v1/traces";
    return new EvictionTraces(
        BatchSpanProcessor.builder(OtlpHttpSpanExporter.builder().setEndpoint(url).build()).build(),
        version);
  }

  public void ended(Eviction eviction) {
    VMEvictionStatus status = eviction.status();
    TimingStatus timing = status.timing;
    Span whole = ids.of(eviction.uid(), () -> whole(eviction));
    Context inside = Context.root().with(whole);
    step(inside, "wait", timing.requested, timing.started, null);
    if (status.hints != null && status.hints.collectedMilliseconds() != null) {
      Instant taken = timing.started.plusMillis(status.hints.collectedMilliseconds());
      step(inside, "take hints", timing.started, taken, status.sourceNode);
    }
    step(inside, "switch", timing.started, timing.executionTransferred, status.sourceNode);
    step(
        inside,
        "pull hot pages",
        timing.executionTransferred,
        timing.workingSetResident,
        status.targetNode);
    step(inside, "throttle", timing.executionTransferred, timing.throttleLifted, status.sourceNode);
    step(inside, "drain", timing.workingSetResident, timing.completed, null);
    whole.end(timing.completed);
  }

  private Span whole(Eviction eviction) {
    VMEvictionStatus status = eviction.status();
    Span span =
        tracer
            .spanBuilder("evict")
            .setNoParent()
            .setStartTimestamp(status.timing.requested)
            .setAttribute("hotfoot.eviction", eviction.toString())
            .setAttribute("hotfoot.vm", eviction.namespace() + "/" + eviction.spec().vmiName())
            .setAttribute("hotfoot.outcome", status.phase.name())
            .setAttribute("hotfoot.rung", Rung.of(eviction.mode(), status.hints).name())
            .startSpan();
    if (status.phase == EvictionPhase.Failed) {
      span.setStatus(StatusCode.ERROR);
    }
    return span;
  }

  /**
   * @param node whose agent did it; null: none
   */
  private void step(Context inside, String name, Instant from, Instant to, String node) {
    if (from == null || to == null || to.isBefore(from)) {
      return;
    }
    Span span = tracer.spanBuilder(name).setParent(inside).setStartTimestamp(from).startSpan();
    if (node != null) {
      span.setAttribute("hotfoot.agent.node", node);
    }
    span.end(to);
  }

  /** Sends what is not sent yet. */
  @Override
  public void close() {
    provider.close();
  }
}
