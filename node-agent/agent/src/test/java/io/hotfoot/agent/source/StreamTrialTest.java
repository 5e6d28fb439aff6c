package io.hotfoot.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.hotfoot.agent.libvirt.JobStats;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StreamTrialTest {
  private static final long MIB = 1 << 20;
  private static final long HINTED = 128 * MIB;

  private final AtomicLong nanos = new AtomicLong();

  /** 5.1 s for the hinted pages, 5.1 s for all. */
  private final StreamTrial trial =
      new StreamTrial(Plan.foreseen(HINTED, 1024 * MIB, 200 * MIB, 1), HINTED, nanos::get);

  private long remainingMib = 1024;

  private Optional<Plan> after(Duration time, long moved) {
    nanos.addAndGet(time.toNanos());
    remainingMib -= moved;
    return trial.look(
        new JobStats(
            JobStats.Phase.ACTIVE, true, 0, 2, 1024 * MIB, 0, remainingMib * MIB, 0, 0, ""));
  }

  @Test
  void aStreamThatOnlyFilledBuffersIsHeldBack() {
    assertThat(after(PullTrial.SETTLING, 60)).isEmpty();
    // 5.1 s at 25 MiB/s, against 934 MiB at 50 MiB/s.
    Plan next = after(PullTrial.FLOWING, 30).orElseThrow();
    assertThat(next.streamBytesPerSecond()).isCloseTo(50 * MIB, withinPercentage(1));
    assertThat(next.hintedFirst()).isEqualTo(Duration.ofMillis(5120));
    assertThat(next.holdsStreamBack()).isTrue();
    assertThat(after(PullTrial.FLOWING, 30)).isEmpty();
  }

  @Test
  void aStreamThatIsFastGoesOn() {
    after(PullTrial.SETTLING, 80);
    assertThat(after(PullTrial.FLOWING, 120)).isEmpty();
    assertThat(after(PullTrial.FLOWING, 0)).isEmpty();
  }

  @Test
  void theFirstMomentsDoNotCount() {
    assertThat(after(PullTrial.SETTLING.minusMillis(1), 0)).isEmpty();
    assertThat(after(Duration.ofMillis(1), 200)).isEmpty();
    assertThat(after(PullTrial.FLOWING, 120)).isEmpty();
  }
}
