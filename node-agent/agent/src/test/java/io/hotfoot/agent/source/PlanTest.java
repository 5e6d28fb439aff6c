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
  void whatHintsMissedMayBeFetchedForAnEighthOfWhatAllMemoryTakes() {
    Plan plan = plan(64, 1024, 64); // 16 s
    assertThat(plan.patience(SECOND)).isEqualTo(SECOND);
    assertThat(plan.patience(SECOND.multipliedBy(9))).isEqualTo(SECOND.multipliedBy(2));
    assertThat(plan(64, 1024, 0).patience(SECOND)).isEqualTo(SECOND);
  }

  @Test
  void aStreamThatStandsStillTellsNothing() {
    assertThat(plan(64, 1024, 0).holdsStreamBack()).isTrue();
  }
}
