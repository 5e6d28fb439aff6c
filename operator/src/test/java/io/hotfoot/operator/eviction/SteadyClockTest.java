package io.hotfoot.operator.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  /** Far from any machine's own clock, which so is seen not to matter. */
  private static final Instant START = Instant.parse("1999-01-01T12:00:00Z");

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
  private final SteadyClock clock = new SteadyClock(START, nanos::get);

  @Test
  void goesOnAsTimePasses() {
    assertThat(clock.instant()).isEqualTo(START);
    nanos.addAndGet(Duration.ofSeconds(7).toNanos());
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(7));
  }

  @Test
  void isTheSameInAnyZone() {
    nanos.addAndGet(Duration.ofSeconds(7).toNanos());
    assertThat(clock.withZone(ZoneId.of("Asia/Tokyo")).instant()).isEqualTo(START.plusSeconds(7));
  }
}
