package io.hotfoot.operator.eviction;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * The machine's clock as it was at the start, and from then on steady: where the machine's clock is
 * set forward no cool-down is over sooner, and where it is set back nothing old is taken for new.
 */
public final class SteadyClock extends Clock {
  private final Clock machine;
  private final LongSupplier nanoTime;
  private final Instant start;
  private final long startNanos;

  public SteadyClock() {
    this(Clock.systemUTC(), System::nanoTime);
  }

  /**
   * @param machine asked once
   * @param nanoTime a clock that only goes forward, ns
   */
  SteadyClock(Clock machine, LongSupplier nanoTime) {
    this.machine = machine;
    this.nanoTime = nanoTime;
    this.start = machine.instant();
    this.startNanos = nanoTime.getAsLong();
  }

  @Override
  public Instant instant() {
    return start.plus(Duration.ofNanos(nanoTime.getAsLong() - startNanos));
  }

  @Override
  public ZoneId getZone() {
    return machine.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return Clock.offset(machine.withZone(zone), Duration.between(machine.instant(), instant()));
  }
}
