package io.hotfoot.lab.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.hotfoot.lab.guest.Latencies.Interval;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  private static final Latencies LATENCIES =
      new Latencies(
          List.of(
              new Interval(1000, Map.of(40, 990, 80, 9, 100, 1)),
              new Interval(2000, Map.of(60, 1)),
              new Interval(3000, Map.of())));

  @Test
  void ofAThousandRequestsTenMayTakeLonger() {
    assertEquals(1.024, LATENCIES.p99Ms(0, 1000));
  }

  @Test
  void looksAtTheMomentsAskedFor() {
    assertEquals(32.768, LATENCIES.p99Ms(1000, 2000));
  }

  @Test
  void tellsNothingWhereNothingWasAnswered() {
    assertNull(LATENCIES.p99Ms(2000, 3000));
  }

  @Test
  void readsCountsAsClientsPrintThem() {
    assertEquals(Map.of(14, 2, 107, 30), LoadClient.counts("14:2 107:30"));
    assertEquals(Map.of(), LoadClient.counts(""));
  }
}
