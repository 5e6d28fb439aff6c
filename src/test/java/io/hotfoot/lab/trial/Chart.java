package io.hotfoot.lab.trial;

import io.hotfoot.lab.trial.Result.WayResult;
import java.util.List;
import java.util.Locale;

/**
 * The report's picture, as SVG: throughput of each way over time, and under it, on the same axis, a
 * lane a way that shows where the time went. Colours come from the page's CSS classes.
 */
public final class Chart {
  private static final int WIDTH = 1000;
  private static final int LEFT = 52;
  private static final int RIGHT = 14;
  private static final int TOP = 14;
  private static final int PLOT_HEIGHT = 300;
  private static final int LANES_TOP = TOP + PLOT_HEIGHT + 46;
  private static final int LANE = 44;
  private static final int HIGHEST_PERCENT = 125;
  private static final double BEFORE_S = 5;
  private static final double AFTER_S = 10;
  private static final double BIN_S = 0.25;

  private final List<Run> runs;
  private final List<WayResult> ways;
  private final double level;
  private final double thresholdPercent;
  private final double endS;
  private final StringBuilder svg = new StringBuilder();

  private Chart(List<Run> runs, double level, double threshold, List<WayResult> ways) {
    this.runs = runs;
    this.ways = ways;
    this.level = level;
    thresholdPercent = threshold / level * 100;
    endS =
        AFTER_S
            + ways.stream()
                .mapToDouble(w -> w.totalS() == null ? w.switchoverS() : w.totalS())
                .max()
                .orElseThrow();
  }

  /**
   * @param level what counts as 100 %, operations a second
   * @param threshold from here on it counts as recovered, operations a second
   * @param ways the runs' figures, in the same order
   */
  public static String of(List<Run> runs, double level, double threshold, List<WayResult> ways) {
    return new Chart(runs, level, threshold, ways).draw();
  }

  private String draw() {
    int height = LANES_TOP + LANE * runs.size() + 4;
    add("<svg viewBox='0 0 %d %d' role='img' aria-label='Throughput over time'>", WIDTH, height);
    axes(height);
    // The first way is drawn last, on top of the others.
    for (int i = runs.size() - 1; i >= 0; i--) {
      line(runs.get(i));
    }
    for (int i = runs.size() - 1; i >= 0; i--) {
      marks(runs.get(i), ways.get(i));
    }
    for (int i = 0; i < runs.size(); i++) {
      lane(ways.get(i), LANES_TOP + LANE * i);
    }
    return svg.append("</svg>").toString();
  }

  private void axes(int height) {
    for (int percent = 0; percent <= 100; percent += 25) {
      add(
          "<line class='grid' x1='%d' x2='%d' y1='%.1f' y2='%3$.1f'/>",
          LEFT, WIDTH - RIGHT, y(percent));
      add("<text class='tick end' x='%d' y='%.1f'>%d %%</text>", LEFT - 7, y(percent) + 4, percent);
    }
    int step = endS > 60 ? 10 : 5;
    for (int s = 0; s < endS; s += step) {
      add("<line class='grid' x1='%.1f' x2='%1$.1f' y1='%d' y2='%d'/>", x(s), TOP, height);
      add("<text class='tick middle' x='%.1f' y='%d'>%d s</text>", x(s), TOP + PLOT_HEIGHT + 18, s);
    }
    add(
        "<line class='threshold' x1='%d' x2='%d' y1='%.1f' y2='%3$.1f'/>",
        LEFT, WIDTH - RIGHT, y(thresholdPercent));
    add(
        "<text class='tick end' x='%d' y='%.1f'>recovered: %.0f %%</text>",
        WIDTH - RIGHT - 4, y(thresholdPercent) + 14, thresholdPercent);
  }

  private void line(Run run) {
    var points = new StringBuilder();
    double last = Math.min(endS, (run.throughput().lastMs() - start(run)) / 1000.0 - BIN_S / 2);
    for (double s = -BEFORE_S; s <= last; s += BIN_S) {
      points.append(point(s, percentAt(run, s)));
    }
    add("<polyline class='line %s' points='%s'/>", run.way().label(), points);
  }

  private void marks(Run run, WayResult way) {
    if (!way.converged()) {
      return;
    }
    mark(run, way, way.switchoverS(), "switched");
    if (way.recoveredS() != null) {
      mark(run, way, way.recoveredS(), "recovered");
    }
    mark(run, way, way.totalS(), "all moved");
  }

  private void mark(Run run, WayResult way, double s, String what) {
    add(
        "<circle class='mark %s %s' cx='%.1f' cy='%.1f' r='5'><title>%s: %s after %s</title></circle>",
        way.way(), what.replace(' ', '-'), x(s), y(percentAt(run, s)), way.way(), what, seconds(s));
  }

  /** Where one way's time went: the source loaded, the guest starved, the rest of the memory. */
  private void lane(WayResult way, int top) {
    add("<text class='name %s' x='%d' y='%d'>%1$s</text>", way.way(), LEFT, top + 12);
    var told = new StringBuilder();
    double loaded = way.switchoverS();
    told.append(way.converged() ? "source freed " : "cut off ").append(seconds(loaded));
    bar(way, "loaded", 0, loaded, top);
    if (way.converged()) {
      double back = way.recoveredS() == null ? way.totalS() : Math.max(loaded, way.recoveredS());
      bar(way, "starved", loaded, back, top);
      bar(way, "rest", back, way.totalS(), top);
      told.append(" · guest back ")
          .append(way.recoveredS() == null ? "never" : seconds(way.recoveredS()))
          .append(" · all moved ")
          .append(seconds(way.totalS()));
    }
    add("<text class='told' x='%d' y='%d'>%s</text>", LEFT + 100, top + 12, told);
  }

  private void bar(WayResult way, String kind, double fromS, double toS, int top) {
    if (toS > fromS) {
      add(
          "<rect class='bar %s %s' x='%.1f' y='%d' width='%.1f' height='14' rx='2'/>",
          way.way(), kind, x(fromS), top + 20, Math.max(1.5, x(toS) - x(fromS)));
    }
  }

  private double percentAt(Run run, double s) {
    double at = start(run) + s * 1000;
    return run.throughput().rate(at - BIN_S * 500, at + BIN_S * 500) / level * 100;
  }

  private static long start(Run run) {
    var moments = run.moments();
    return moments.jobStarted() == null ? moments.requested() : moments.jobStarted();
  }

  private String point(double s, double percent) {
    return String.format(Locale.ROOT, "%.1f,%.1f ", x(s), y(percent));
  }

  private double x(double s) {
    return LEFT + (s + BEFORE_S) / (endS + BEFORE_S) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double percent) {
    double shown = Math.clamp(percent, 0, HIGHEST_PERCENT);
    return TOP + (1 - shown / HIGHEST_PERCENT) * PLOT_HEIGHT;
  }

  private static String seconds(double s) {
    return String.format(Locale.ROOT, "%.1f s", s);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
