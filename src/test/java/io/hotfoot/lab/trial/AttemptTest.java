package io.hotfoot.lab.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptTest {
  /** Pressure begins at 20 s; the VM is at half its speed until it leaves at 22 s. */
  private static final Run LEAVES =
      new Run(
          Way.ENLIGHTENED,
          new Moments(20_000, 20_500L, 22_000L, 22_050L, null, 30_000L, null),
          new MadeUp(0).runs(20, 8000).runs(2, 4000).runs(30, 8000).throughput(),
          null);

  @Test
  void countsEveryVmAlikeHoweverBusy() {
    var stays = new MadeUp(0).runs(20, 100).runs(2, 0).runs(30, 100).throughput();
    var attempt = new Attempt(LEAVES, List.of(stays, stays));

    assertEquals(1.0 / 6, attempt.pressedShare(), 0.02);
    assertEquals(1, attempt.lastShare(), 0.01);
    assertEquals(3 * Attempt.FULL, attempt.aggregate().throughput().rate(10_000, 20_000), 10);
  }

  @Test
  void oneThatNeverLeftWasPressedAllTheTime() {
    var stayed =
        new Run(
            Way.PRECOPY,
            new Moments(20_000, 20_500L, null, null, null, null, null),
            LEAVES.throughput(),
            null);

    assertEquals(31.0 / 32, new Attempt(stayed, List.of()).pressedShare(), 0.01);
  }
}
