package io.hotfoot.lab.trial;

import io.hotfoot.lab.guest.Throughput;

/** A guest's last seconds in one short line of blocks, and as a number. */
final class Sparkline {
  private static final String BLOCKS = "▁▂▃▄▅▆▇█";
  private static final int BINS = 24;
  private static final long BIN_MS = 500;

  private Sparkline() {}

  /**
   * @param level operations a second that count as 100 %
   */
  static String of(Throughput throughput, double level, long nowMs) {
    var line = new StringBuilder();
    for (int bin = BINS; bin > 0; bin--) {
      double share = throughput.rate(nowMs - bin * BIN_MS, nowMs - (bin - 1) * BIN_MS) / level;
      int block = (int) Math.round(Math.clamp(share, 0, 1) * (BLOCKS.length() - 1));
      line.append(BLOCKS.charAt(block));
    }
    double last = throughput.rate(nowMs - 2 * BIN_MS, nowMs) / level;
    return "%s %3.0f %%".formatted(line, last * 100);
  }
}
