package io.hotfoot.operator.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({"20ms, 20", "3s, 3000", "10m, 600000", "24h, 86400000"})
  void readsWhatTheApiWrites(String text, long millis) {
    assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void refusesOtherUnits() {
    assertThatThrownBy(() -> Durations.parse("3 weeks"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
