package io.hotfoot.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.agent.v1.TargetReport;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TargetProgressTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = START.plusSeconds(2);

  @Test
  void sameNumberOfPagesIsNoProgress() {
    TargetProgress first = TargetProgress.of(pulling(10), null, START);
    TargetProgress second = TargetProgress.of(pulling(10), first, LATER);
    assertThat(second.grownAt()).isEqualTo(START);
  }

  @Test
  void onePageIsProgress() {
    TargetProgress first = TargetProgress.of(pulling(10), null, START);
    TargetProgress second = TargetProgress.of(pulling(11), first, LATER);
    assertThat(second.grownAt()).isEqualTo(LATER);
  }

  private static TargetReport pulling(long resident) {
    return TargetReport.newBuilder()
        .setState(TargetReport.State.TARGET_PULLING)
        .setResidentPages(resident)
        .build();
  }
}
