package io.hotfoot.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PullTrialTest {
  private static final long MIB = 1 << 20;
  private static final long HINTED = 128 * MIB;
  private static final int PAGES_PER_MIB = 256;

  private final AtomicLong nanos = new AtomicLong();
  private final FakeMigration migration = new FakeMigration();
  private final Throttle throttle = new Throttle(migration, MIB, Duration.ofMinutes(1), nanos::get);
  private final Plan plan = Plan.foreseen(HINTED, 1024 * MIB, 100 * MIB, 0);
  private PullTrial trial;
  private long pulledMib;
  private long remainingMib = 1024;

  @BeforeEach
  void switches() throws LibvirtException {
    throttle.set();
    trial = new PullTrial(plan, HINTED, throttle, nanos::get);
  }

  private Optional<Plan> after(Duration time, long pulled, long moved) throws LibvirtException {
    nanos.addAndGet(time.toNanos());
    pulledMib += pulled;
    remainingMib -= moved;
    return trial.look(
        new JobStats(
            JobStats.Phase.ACTIVE,
            true,
            0,
            2,
            1024 * MIB,
            0,
            remainingMib * MIB,
            pulledMib * PAGES_PER_MIB,
            0,
            ""));
  }

  @Test
  void pullsAsForeseenChangeNothing() throws LibvirtException {
    assertThat(after(PullTrial.SETTLING, 1, 1)).isEmpty();
    assertThat(after(PullTrial.HELD_BACK, 20, 20)).isEmpty();
    assertThat(after(PullTrial.LET_GO, 0, 0)).isEmpty();
    assertThat(migration.calls).containsExactly("limit " + MIB);
  }

  @Test
  void slowPullsAreWeighedAgainstWhatTheStreamDoes() throws LibvirtException {
    after(PullTrial.SETTLING, 1, 1);
    assertThat(after(PullTrial.HELD_BACK, 4, 4)).isEmpty();
    assertThat(migration.calls).containsExactly("limit " + MIB, "limit 0");
    Plan next = after(PullTrial.LET_GO, 0, 60).orElseThrow();
    // 123 MiB at 10 MiB/s against 959 MiB at 400 MiB/s.
    assertThat(next.hintedFirst()).isEqualTo(Duration.ofMillis(12_300));
    assertThat(next.streamed()).isEqualTo(Duration.ofMillis(2397));
    assertThat(next.holdsStreamBack()).isFalse();
    // 122 MiB at 10 MiB/s against 720 MiB at 400 MiB/s.
    Plan last = after(PullTrial.FLOWING, 1, 239).orElseThrow();
    assertThat(last.streamBytesPerSecond()).isCloseTo(400 * MIB, withinPercentage(1));
    assertThat(last.holdsStreamBack()).isFalse();
    assertThat(after(PullTrial.FLOWING, 0, 0)).isEmpty();
  }

  @Test
  void aStreamThatOnlyFilledBuffersIsHeldBackAgain() throws LibvirtException {
    after(PullTrial.SETTLING, 1, 1);
    after(PullTrial.HELD_BACK, 4, 4);
    // As if the link carried 160 MiB/s, of which 24 MiB are in buffers.
    assertThat(after(PullTrial.LET_GO, 0, 24).orElseThrow().holdsStreamBack()).isFalse();
    Plan last = after(PullTrial.FLOWING, 0, 24).orElseThrow();
    assertThat(last.streamBytesPerSecond()).isCloseTo(40 * MIB, withinPercentage(1));
    assertThat(last.holdsStreamBack()).isTrue();
  }

  @Test
  void pullsThatOnlyBeganSlowlyAreNotGivenUpForAStream() throws LibvirtException {
    letTheStreamFlow();
    assertThat(after(PullTrial.DRAINING, 4, 4)).isEmpty();
    // 30 MiB/s now, for the 108 MiB that are left, against 958 MiB at 40 MiB/s.
    Plan last = after(PullTrial.HELD_AGAIN, 18, 18).orElseThrow();
    assertThat(last.holdsStreamBack()).isTrue();
    assertThat(throttle.isSet()).isTrue();
    assertThat(after(PullTrial.HELD_AGAIN, 0, 0)).isEmpty();
  }

  @Test
  void pullsThatStaySlowAreGivenUpForAStream() throws LibvirtException {
    letTheStreamFlow();
    assertThat(after(PullTrial.DRAINING, 1, 1)).isEmpty();
    // 5 MiB/s, for 124 MiB, against 958 MiB at 40 MiB/s.
    Plan last = after(PullTrial.HELD_AGAIN, 3, 3).orElseThrow();
    assertThat(last.holdsStreamBack()).isFalse();
    assertThat(throttle.isSet()).isFalse();
    assertThat(migration.calls)
        .containsExactly("limit " + MIB, "limit 0", "limit " + MIB, "limit 0");
  }

  /** 24 s for all memory, by twice as much for the hinted pages: 2.5 MiB/s. */
  private void letTheStreamFlow() throws LibvirtException {
    after(PullTrial.SETTLING, 1, 1);
    after(PullTrial.HELD_BACK, 1, 1);
    assertThat(after(PullTrial.LET_GO, 0, 24).orElseThrow().holdsStreamBack()).isFalse();
    assertThat(after(PullTrial.FLOWING, 0, 24)).isEmpty();
    assertThat(throttle.isSet()).isTrue();
  }

  @Test
  void pullsAsForeseenFromASourceWithoutCpuAreWeighedToo() throws LibvirtException {
    Plan foreseen = Plan.foreseen(HINTED, 1024 * MIB, 12 * MIB, 0);
    trial = new PullTrial(foreseen, HINTED, throttle, nanos::get);
    after(PullTrial.SETTLING, 1, 1);
    after(PullTrial.HELD_BACK, 4, 4);
    assertThat(migration.calls).containsExactly("limit " + MIB, "limit 0");
    // 123 MiB at 10 MiB/s against 1013 MiB at 40 MiB/s.
    assertThat(after(PullTrial.LET_GO, 0, 6).orElseThrow().holdsStreamBack()).isTrue();
  }

  @Test
  void slowPullsGoOnWhereTheStreamIsSlowerStill() throws LibvirtException {
    after(PullTrial.SETTLING, 1, 1);
    after(PullTrial.HELD_BACK, 4, 4);
    assertThat(after(PullTrial.LET_GO, 0, 3).orElseThrow().holdsStreamBack()).isTrue();
  }

  @Test
  void theFirstMomentsDoNotCount() throws LibvirtException {
    assertThat(after(PullTrial.SETTLING.minusMillis(1), 1, 1)).isEmpty();
    assertThat(after(Duration.ofMillis(1), 0, 0)).isEmpty();
    after(PullTrial.HELD_BACK, 30, 30);
    assertThat(migration.calls).containsExactly("limit " + MIB);
  }

  @Test
  void pullsThatHaveNotBegunAreNotSlow() throws LibvirtException {
    after(PullTrial.SETTLING, 0, 0);
    after(PullTrial.HELD_BACK, 1, 1);
    after(PullTrial.HELD_BACK, 30, 30);
    assertThat(migration.calls).containsExactly("limit " + MIB);
  }

  @Test
  void pullsThatNeverBeginAreSlow() throws LibvirtException {
    after(PullTrial.LONGEST_SETTLING, 0, 0);
    after(PullTrial.HELD_BACK, 0, 0);
    assertThat(migration.calls).containsExactly("limit " + MIB, "limit 0");
  }
}
