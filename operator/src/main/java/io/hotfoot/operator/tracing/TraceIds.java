package io.hotfoot.operator.tracing;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A trace has its VMEviction's UID for its ID, so that it is found by that, and is one trace
 * however many operators took part.
 */
final class TraceIds implements IdGenerator {
  private static final IdGenerator RANDOM = IdGenerator.random();

  private final ThreadLocal<String> uid = new ThreadLocal<>();

  /** Spans without a parent that are begun meanwhile belong to this eviction. */
  <T> T of(String evictionUid, Supplier<T> begin) {
    uid.set(UUID.fromString(evictionUid).toString().replace("-", ""));
    try {
      return begin.get();
    } finally {
      uid.remove();
    }
  }

  @Override
  public String generateTraceId() {
    return uid.get() == null ? RANDOM.generateTraceId() : uid.get();
  }

  @Override
  public String generateSpanId() {
    return RANDOM.generateSpanId();
  }
}
