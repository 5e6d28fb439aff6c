package io.hotfoot.lab.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hotfoot.lab.guest.Throughput.Reading;
import io.hotfoot.lab.trial.MadeUp;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThroughputTest {

  @Test
  void countsALineThatBothConsolesShowedOnce() {
    var merged =
        Throughput.of(
            List.of(
                new Reading(1000, 0, 0),
                new Reading(1200, 200, 20),
                new Reading(1900, 200, 20),
                new Reading(2000, 400, 40)));

    assertEquals(20, merged.operationsAt(1200));
    assertEquals(2000, merged.lastMs());
  }

  @Test
  void ordersByTheGuestsClockWhicheverConsoleCameFirst() {
    var merged =
        Throughput.of(
            List.of(
                new Reading(3000, 2000, 200),
                new Reading(1000, 0, 0),
                new Reading(2000, 1000, 100)));

    assertEquals(100, merged.rate(1000, 3000));
  }

  @Test
  void leavesOutALineThatWasCutShort() {
    var merged =
        Throughput.of(
            List.of(
                new Reading(1000, 0, 1000),
                new Reading(1200, 200, 12),
                new Reading(1400, 400, 1400)));

    assertEquals(1200, merged.operationsAt(1200));
  }

  @Test
  void interpolatesOverSilence() {
    var series = new MadeUp(0).runs(1, 100).stands(2).runs(1, 100).throughput();

    assertEquals(100, series.rate(0, 1000), 0.01);
    // The first line after the silence counts what was done in its own 100 ms: 10 operations in 2.1
    // s.
    assertEquals(10 / 2.1, series.rate(1000, 3100), 0.01);
  }

  @Test
  void staysAtItsEndsBeyondThem() {
    var series = new MadeUp(0).runs(1, 100).throughput();

    assertEquals(0, series.operationsAt(-500));
    assertEquals(100, series.operationsAt(5000));
  }

  @Test
  void isEmptyWithoutReadings() {
    assertTrue(Throughput.of(List.of()).isEmpty());
  }

  @Test
  void canBeCountedInAnotherUnit() {
    var half = new MadeUp(0).runs(20, 1000).throughput().times(0.5);

    assertEquals(500, half.rate(5_000, 15_000), 1);
  }
}
