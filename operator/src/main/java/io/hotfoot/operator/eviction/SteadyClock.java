package io.hotfoot.operator.eviction;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * What time it was at the start, and from then on steady, whatever becomes of the machine's clock:
 * where that is set forward no cool-down is over sooner, and where it is set back nothing old is
 * taken for new.
 */
public final class SteadyClock extends Clock {
  private final Instant start;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final ZoneId zone;

  /**
   * @param start the time now
   */
  public SteadyClock(Instant start) {
    this(start, System::nanoTime);
  }

  /**
   * @param nanoTime a clock that only goes forward, ns
   */
  SteadyClock(Instant start, LongSupplier nanoTime) {
    this(start, nanoTime, nanoTime.getAsLong(), ZoneOffset.UTC);
  }

  private SteadyClock(Instant start, LongSupplier nanoTime, long startNanos, ZoneId zone) {
    this.start = start;
    this.nanoTime = nanoTime;
    this.startNanos = startNanos;
    this.zone = zone;
  }

  @Override
  public Instant instant() {
    return start.plus(Duration.ofNanos(nanoTime.getAsLong() - startNanos));
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId other) {
    return new SteadyClock(start, nanoTime, startNanos, other);
  }
}
