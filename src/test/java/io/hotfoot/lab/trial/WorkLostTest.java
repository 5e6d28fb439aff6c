package io.hotfoot.lab.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkLostTest {
  private static final long ONSET = 20_000;

  private static double lost(double spanS, MadeUp... guests) {
    return WorkLost.vmSeconds(
        List.of(guests).stream().map(MadeUp::throughput).toList(), ONSET, spanS);
  }

  @Test
  void aGuestThatStandsStillLosesOneVmSecondEachSecond() {
    assertEquals(3, lost(10, new MadeUp(0).runs(20, 1000).runs(3, 0).runs(17, 1000)), 0.01);
  }

  @Test
  void everyGuestCountsTheSame() {
    var fast = new MadeUp(0).runs(20, 1000).runs(20, 500);
    var slow = new MadeUp(0).runs(20, 10).runs(20, 5);
    assertEquals(10, lost(10, fast, slow), 0.01);
  }

  @Test
  void onlyTheSpanCounts() {
    assertEquals(2, lost(2, new MadeUp(0).runs(20, 1000).runs(20, 0)), 0.01);
  }

  @Test
  void whatLiesBeyondTheRecordIsUndisturbed() {
    assertEquals(2.5, lost(60, new MadeUp(0).runs(20, 1000).runs(5, 500)), 0.01);
  }
}
