package io.hotfoot.lab.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hotfoot.lab.move.UsedHints;
import io.hotfoot.lab.trial.Result.WayResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every run here is requested at 20 s, its job starts at 21 s; the level before is 100 a second.
 */
class FiguresTest {
  private static final UsedHints HINTS = new UsedHints("Guest", 16_384, 67_108_864, 420);

  private static Run run(Way way, UsedHints hints, MadeUp madeUp, Double switched, Double ended) {
    var moments =
        new Moments(
            20_000,
            21_000L,
            ms(switched),
            switched == null ? null : ms(switched) + 80,
            hints == null ? null : 23_500L,
            ms(ended),
            ended == null ? null : ms(ended) + 400);
    return new Run(way, moments, madeUp.throughput(), hints);
  }

  private static Long ms(Double seconds) {
    return seconds == null ? null : Math.round(seconds * 1000);
  }

  private static WayResult alone(Run run) {
    return new Figures(List.of(run)).ways(400).getFirst();
  }

  /** Starves from 22 s until a moment, all moved at 38 s, settles. */
  private static Run starved(Way way, double untilS, double settled) {
    var madeUp = new MadeUp(0).runs(22, 100).runs(untilS - 22, 0).runs(60 - untilS, settled);
    return run(way, null, madeUp, 22.0, 38.0);
  }

  @Test
  void countsFromTheJobsStart() {
    var figures = alone(starved(Way.PREEMPT, 37, 90));

    assertEquals("preempt", figures.way());
    assertTrue(figures.converged());
    assertEquals(1, figures.switchoverS());
    assertEquals(80, figures.downtimeMs());
    assertEquals(17, figures.totalS());
    assertEquals(16.4, figures.serviceS());
    assertEquals(16, figures.recoveredS(), 0.4);
    assertEquals(0.9, figures.settledShare());
  }

  @Test
  void recoversOnlyWhenItStaysRecovered() {
    var twoDips = new MadeUp(0).runs(22, 100).runs(3, 0).runs(5, 100).runs(4, 10).runs(26, 100);

    var figures = alone(run(Way.PREEMPT, null, twoDips, 22.0, 35.0));

    assertEquals(34 - 21, figures.recoveredS(), 0.4);
  }

  @Test
  void aDipOfHalfASecondIsNoise() {
    var dips = new MadeUp(0).runs(22, 100).runs(3, 0).runs(7, 100).runs(0.5, 0).runs(27.5, 100);

    var figures = alone(run(Way.PREEMPT, null, dips, 22.0, 35.0));

    assertEquals(25 - 21, figures.recoveredS(), 0.2);
  }

  @Test
  void recoversAtOnceWhenItNeverStarved() {
    var figures = alone(run(Way.PRECOPY, null, new MadeUp(0).runs(60, 100), 30.0, 30.1));

    assertEquals(0, figures.recoveredS());
    assertEquals(0, figures.lostOpsShare());
  }

  @Test
  void neverRecoversWhenItStarvesToTheEnd() {
    var good = starved(Way.ENLIGHTENED, 24, 100);
    var bad = starved(Way.PREEMPT, 37, 20);

    // The threshold is 80 % of the mean of 100 and 20.
    assertNull(new Figures(List.of(good, bad)).ways(400).get(1).recoveredS());
  }

  @Test
  void holdsAllWaysToOneThreshold() {
    var slow = starved(Way.ENLIGHTENED, 24, 60);
    var fast = starved(Way.PREEMPT, 37, 80);

    var figures = new Figures(List.of(slow, fast)).ways(400);

    // 60 is over 80 % of 70, but would be under 80 % of 80.
    assertEquals(3, figures.get(0).recoveredS(), 0.8);
    assertEquals(0.6, figures.get(0).settledShare());
    assertEquals(0.8, figures.get(1).settledShare());
  }

  @Test
  void takesTheIdealFromHintsAndLink() {
    var madeUp = new MadeUp(0).runs(22, 100).runs(2, 0).runs(36, 100);

    var figures = alone(run(Way.ENLIGHTENED, HINTS, madeUp, 22.0, 38.0));

    assertEquals(1.34, figures.hotIdealS());
    assertEquals(2.5, figures.hotResidentS());
    assertEquals(16_384, figures.hints().pages());
    assertEquals(420, figures.hints().collectedMs());
  }

  @Test
  void knowsNoIdealWithoutALinkRate() {
    var madeUp = new MadeUp(0).runs(60, 100);

    assertNull(
        new Figures(List.of(run(Way.ENLIGHTENED, HINTS, madeUp, 22.0, 38.0)))
            .ways(null)
            .getFirst()
            .hotIdealS());
  }

  @Test
  void countsLostWorkOverTheSlowestWaysSpan() {
    var quick =
        run(
            Way.ENLIGHTENED,
            null,
            new MadeUp(0).runs(22, 100).runs(2, 0).runs(36, 100),
            22.0,
            30.0);
    var slow =
        run(Way.PREEMPT, null, new MadeUp(0).runs(22, 100).runs(10, 0).runs(28, 100), 22.0, 40.0);

    var figures = new Figures(List.of(quick, slow)).ways(400);

    // The slowest took 20 s from its request.
    assertEquals(2 / 20.0, figures.get(0).lostOpsShare(), 0.01);
    assertEquals(10 / 20.0, figures.get(1).lostOpsShare(), 0.01);
  }

  @Test
  void goesOnAtTheSettledLevelBeyondARecord() {
    var half = run(Way.ENLIGHTENED, null, new MadeUp(0).runs(20, 100).runs(25, 50), 22.0, 24.0);
    var slow = run(Way.PREEMPT, null, new MadeUp(0).runs(100, 100), 22.0, 70.0);

    assertEquals(0.5, new Figures(List.of(half, slow)).ways(400).get(0).lostOpsShare(), 0.01);
  }

  @Test
  void saysWhenAWayDidNotArrive() {
    var cutOff = run(Way.PRECOPY, null, new MadeUp(0).runs(61, 100), null, null);

    var figures = alone(cutOff);

    assertFalse(figures.converged());
    assertEquals(40, figures.switchoverS());
    assertEquals(0, figures.downtimeMs());
    assertNull(figures.recoveredS());
    assertNull(figures.totalS());
    assertNull(figures.serviceS());
    assertNull(figures.settledShare());
    assertEquals(0, figures.lostOpsShare());
  }

  @Test
  void refusesARecordThatIsTooShortToHaveSettled() {
    var run = run(Way.PREEMPT, null, new MadeUp(0).runs(45, 100), 22.0, 38.0);

    var e = assertThrows(IllegalArgumentException.class, () -> alone(run));
    assertEquals(
        "preempt: the record ends 7000 ms after all had moved, needs 20000 ms", e.getMessage());
  }
}
