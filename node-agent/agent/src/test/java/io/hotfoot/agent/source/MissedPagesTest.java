package io.hotfoot.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.agent.libvirt.JobStats;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MissedPagesTest {
  private static final Duration AT_MOST = MissedPages.LOOK.multipliedBy(10);
  private static final long FEW_IN_A_LOOK = MissedPages.FEW * MissedPages.LOOK.toMillis() / 1000;

  private final AtomicLong nanos = new AtomicLong();
  private final MissedPages missed = new MissedPages(nanos::get, AT_MOST);
  private long requests;

  private boolean fewAfter(Duration time, long more) {
    nanos.addAndGet(time.toNanos());
    requests += more;
    return missed.areFew(
        new JobStats(JobStats.Phase.ACTIVE, true, 0, 2, 1000, 0, 500, requests, 0, ""));
  }

  @Test
  void waitsUntilTheGuestAsksForFew() {
    assertThat(fewAfter(Duration.ZERO, 5000)).isFalse();
    assertThat(fewAfter(MissedPages.LOOK, 10 * FEW_IN_A_LOOK)).isFalse();
    assertThat(fewAfter(MissedPages.LOOK, FEW_IN_A_LOOK)).isFalse();
    assertThat(fewAfter(MissedPages.LOOK, FEW_IN_A_LOOK - 1)).isTrue();
  }

  @Test
  void aMomentTellsNothing() {
    assertThat(fewAfter(Duration.ZERO, 0)).isFalse();
    assertThat(fewAfter(MissedPages.LOOK.minusMillis(1), 0)).isFalse();
  }

  @Test
  void waitsNoLongerThanItMay() {
    assertThat(fewAfter(AT_MOST.minusMillis(1), 0)).isFalse();
    assertThat(fewAfter(Duration.ofMillis(1), 1000)).isTrue();
  }
}
