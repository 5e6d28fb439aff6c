package io.hotfoot.operator.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

  private final AtomicReference<Instant> machine = new AtomicReference<>(START);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
  private final Clock clock = new SteadyClock(new Machine(), nanos::get);

  private final class Machine extends Clock {
    @Override
    public Instant instant() {
      return machine.get();
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }

  @Test
  void goesOnAsTimePasses() {
    nanos.addAndGet(Duration.ofSeconds(7).toNanos());
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(7));
  }

  @Test
  void heedsNoJumpOfTheMachinesClock() {
    machine.set(START.plus(Duration.ofDays(1)));
    assertThat(clock.instant()).isEqualTo(START);
    machine.set(START.minus(Duration.ofDays(1)));
    assertThat(clock.instant()).isEqualTo(START);
  }
}
