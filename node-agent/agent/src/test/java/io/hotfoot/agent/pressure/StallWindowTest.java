package io.hotfoot.agent.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallWindowTest {
  private static final long SECOND = 1_000_000_000;

  private final StallWindow window = new StallWindow(Duration.ofSeconds(2));

  @Test
  void saysNothingUntilItHasPassedOnce() {
    assertThat(window.percent()).isZero();
    window.add(0, 0);
    window.add(SECOND, 900_000);
    assertThat(window.percent()).isZero();
  }

  @Test
  void isTheShareOfTheLastSecondsAlone() {
    window.add(0, 0);
    window.add(2 * SECOND, 2_000_000);
    assertThat(window.percent()).isEqualTo(100);
    window.add(3 * SECOND, 2_000_000);
    window.add(4 * SECOND, 2_500_000);
    assertThat(window.percent()).isEqualTo(25);
  }

  @Test
  void seesAnOnsetSoonerThanTheWindow() {
    window.add(0, 0);
    window.add(2 * SECOND, 0);
    window.add(3 * SECOND, 1_000_000);
    assertThat(window.percent()).isEqualTo(33);
  }

  @Test
  void isNeverBeyondItsRange() {
    window.add(0, 500);
    window.add(2 * SECOND, 0);
    assertThat(window.percent()).isZero();
    window.add(4 * SECOND, 99_000_000);
    assertThat(window.percent()).isEqualTo(100);
  }
}
