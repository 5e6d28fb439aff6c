package io.hotfoot.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.api.v1alpha1.TimingStatus;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void stepsStandUnderEachOtherOnOneScale() {
    TimingStatus timing = timing();
    timing.executionTransferred = START.plusSeconds(4);
    timing.throttleLifted = START.plusSeconds(6);
    timing.workingSetResident = START.plusSeconds(6);
    timing.completed = START.plusSeconds(10);
    assertThat(new Timeline(timing, START.plusSeconds(99)).lines())
        .containsExactly(
            "waited              1.0 s │█████" + " ".repeat(45) + "│",
            "prepared            3.0 s │" + " ".repeat(5) + "█".repeat(15) + " ".repeat(30) + "│",
            "hot pages came      2.0 s │" + " ".repeat(20) + "█".repeat(10) + " ".repeat(20) + "│",
            "stream held back    2.0 s │" + " ".repeat(20) + "█".repeat(10) + " ".repeat(20) + "│",
            "rest came           4.0 s │" + " ".repeat(30) + "█".repeat(20) + "│");
  }

  @Test
  void whatHasNotEndedGoesOnUntilNow() {
    assertThat(new Timeline(timing(), START.plusSeconds(2)).lines())
        .hasSize(2)
        .last()
        .asString()
        .startsWith("prepared            1.0 s │" + " ".repeat(25) + "█".repeat(25) + "│");
  }

  @Test
  void whatNeverBeganHasOnlyWaited() {
    TimingStatus timing = new TimingStatus();
    timing.requested = START;
    timing.completed = START;
    assertThat(new Timeline(timing, START).lines())
        .singleElement()
        .asString()
        .startsWith("waited              0.0 s │█ ");
  }

  private static TimingStatus timing() {
    TimingStatus timing = new TimingStatus();
    timing.requested = START;
    timing.started = START.plusSeconds(1);
    return timing;
  }
}
