package io.hotfoot.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final long MIB = 1 << 20;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static Plan plan(long hintedMib, long remainingMib, long streamMib) {
    return Plan.foreseen(hintedMib * MIB, remainingMib * MIB, streamMib * MIB, 0);
  }

  @Test
  void onASlowLinkTheHintedPagesComeAtItsRate() {
    Plan plan = plan(64, 992, 32);
    assertThat(plan.hintedFirst()).isEqualTo(Duration.ofSeconds(2));
    assertThat(plan.streamed()).isEqualTo(Duration.ofSeconds(31));
    assertThat(plan.holdsStreamBack()).isTrue();
  }

  @Test
  void onAFastLinkTheyComeAsFastAsPullsGo() {
    Plan plan = plan(60, 512, 512);
    assertThat(plan.hintedFirst()).isEqualTo(SECOND);
    assertThat(plan.streamed()).isEqualTo(SECOND);
    assertThat(plan.holdsStreamBack()).isFalse();
  }

  @Test
  void whereWorkWaitsForTheCpusPullsDoToo() {
    assertThat(Plan.foreseen(60 * MIB, 1024 * MIB, 512 * MIB, 0.5).hintedFirst())
        .isEqualTo(Duration.ofSeconds(2));
    Plan worst = Plan.foreseen(50 * MIB, 1024 * MIB, 512 * MIB, 1);
    assertThat(worst.hintedFirst()).isEqualTo(Duration.ofSeconds(2));
    assertThat(worst.holdsStreamBack()).isFalse();
    assertThat(Plan.foreseen(50 * MIB, 1024 * MIB, 50 * MIB, 1).holdsStreamBack()).isTrue();
  }

  @Test
  void hintedPagesThatWouldHardlyBeSoonerDoNotGoFirst() {
    assertThat(plan(500, 800, 40).holdsStreamBack()).isTrue();
    assertThat(plan(600, 800, 40).holdsStreamBack()).isFalse();
  }

  @Test
  void whereNearlyAllIsHintedTheStreamIsLeftAlone() {
    assertThat(plan(1000, 924, 100).holdsStreamBack()).isFalse();
  }

  @Test
  void aThirdOfWhatAllMemoryTakesIsLong() {
    Plan plan = plan(64, 960, 64); // 15 s
    assertThat(plan.isLong(SECOND.multipliedBy(5))).isFalse();
    assertThat(plan.isLong(Duration.ofMillis(5001))).isTrue();
    assertThat(plan(64, 960, 0).isLong(SECOND.multipliedBy(100))).isFalse();
  }

  @Test
  void aStreamThatStandsStillTellsNothing() {
    assertThat(plan(64, 1024, 0).holdsStreamBack()).isTrue();
  }
}
