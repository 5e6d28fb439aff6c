package io.hotfoot.agent.target;

import java.util.Arrays;

/**
 * How many pulls to keep in flight: bandwidth × round trip × {@value #GAIN}, as BBR sizes its
 * window (Cardwell et al., "BBR: Congestion-Based Congestion Control", 2016). Fewer leave the link
 * idle; more only queue, and the guest's own faults wait behind them.
 *
 * <p>Bandwidth is the highest of the last {@value #RATES} measurements, in pages a second. The
 * round trip is the lowest mean that any measurement had: not the shortest single pull, because on
 * a busy machine a lucky one is much shorter than all others and the window would collapse. So the
 * window grows until pulls take GAIN times as long as they did when few were in flight.
 */
final class PullWindow {
  static final int MIN = 1;
  static final int MAX = 64;

  /** A measurement is of at least so many pages. */
  static final int FEW = 16;

  private static final double GAIN = 1.5;
  private static final int RATES = 25;

  private final double[] rates = new double[RATES];
  private double trip = Double.POSITIVE_INFINITY;
  private int measurements;
  // From the least: only then does a measurement show the round trip of a pull that waits for no
  // other, and the window does not grow on the slow trips just after the switch.
  private int size = MIN;

  /** Pulls that may be in flight: {@value #MIN} to {@value #MAX}. */
  int size() {
    return size;
  }

  /**
   * Takes in one measurement. Only pages that had to be waited for count: one that was there
   * already says nothing of the link.
   *
   * @param pages that came, at least {@value #FEW}
   * @param nanos in which they came, ns; more than 0
   * @param waited how long was waited for them, summed up, ns
   */
  void measured(long pages, long nanos, long waited) {
    rates[measurements++ % RATES] = (double) pages / nanos;
    trip = Math.min(trip, (double) waited / pages);
    double rate = Arrays.stream(rates).max().orElseThrow();
    size = Math.clamp((long) Math.ceil(rate * trip * GAIN), MIN, MAX);
  }
}
