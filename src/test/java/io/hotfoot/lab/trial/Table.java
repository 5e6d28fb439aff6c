package io.hotfoot.lab.trial;

import io.hotfoot.lab.trial.Result.LatencyResult;
import io.hotfoot.lab.trial.Result.WayResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The figures in words: one row a way, for terminal and page. */
public final class Table {
  static final List<String> HEAD =
      List.of(
          "way",
          "source loaded",
          "stood still",
          "starved until",
          "all moved",
          "hints there",
          "ideal",
          "work lost",
          "settled at",
          "p99, ms: before, meanwhile, after");

  private Table() {}

  static List<String> row(WayResult way) {
    return List.of(
        way.way(),
        (way.converged() ? "" : "over ") + seconds(way.switchoverS()),
        way.converged() ? way.downtimeMs() + " ms" : "never moved",
        way.converged() && way.recoveredS() == null ? "the end" : seconds(way.recoveredS()),
        seconds(way.totalS()),
        seconds(way.hotResidentS()),
        seconds(way.hotIdealS()),
        percent(way.lostOpsShare()),
        percent(way.settledShare()),
        latency(way.latency()));
  }

  /** 99 % of a client's requests: before, while the VM leaves, after. */
  static String latency(LatencyResult latency) {
    return latency == null
        ? "–"
        : "%s, %s, %s"
            .formatted(
                ms(latency.beforeP99Ms()), ms(latency.meanwhileP99Ms()), ms(latency.afterP99Ms()));
  }

  private static String ms(Double ms) {
    return ms == null ? "–" : String.format(Locale.ROOT, ms < 10 ? "%.1f" : "%.0f", ms);
  }

  /** All ways in aligned columns, for a terminal. */
  public static String text(Result result) {
    return text(HEAD, result.ways().stream().map(Table::row).toList());
  }

  /**
   * Aligned columns: the first to the left, all others to the right.
   *
   * @param body rows as long as the head
   */
  public static String text(List<String> head, List<List<String>> body) {
    var rows = new ArrayList<>(body);
    rows.addFirst(head);
    var widths =
        IntStream.range(0, head.size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
  }

  private static String line(List<String> row, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(column -> "%" + (column == 0 ? "-" : "") + widths[column] + "s")
        .collect(Collectors.joining("  "))
        .formatted(row.toArray());
  }

  /** What the demo is about, in one sentence. */
  public static String headline(Result result) {
    var hotfoot = result.find(Way.ENLIGHTENED);
    var stock = result.find(Way.PREEMPT);
    if (hotfoot == null || hotfoot.recoveredS() == null) {
      return "The enlightened guest did not get its speed back.";
    }
    var told = "The enlightened guest is back at its speed after " + seconds(hotfoot.recoveredS());
    if (stock == null || stock.recoveredS() == null || hotfoot.recoveredS() <= 0) {
      return told + ".";
    }
    double times = stock.recoveredS() / hotfoot.recoveredS();
    return times < 1
        ? "%s; by stock post-copy, after %s.".formatted(told, seconds(stock.recoveredS()))
        : String.format(
            Locale.ROOT,
            "%s, %.1f times sooner than by stock post-copy (%s).",
            told,
            times,
            seconds(stock.recoveredS()));
  }

  /** How fast all VMs of a node were together. */
  public static String together(Attempt attempt) {
    return "%s of their speed until it had left, %s at the end"
        .formatted(percent(attempt.pressedShare()), percent(attempt.lastShare()));
  }

  private static String seconds(Double s) {
    return s == null ? "–" : String.format(Locale.ROOT, "%.1f s", s);
  }

  private static String percent(Double share) {
    return share == null ? "–" : String.format(Locale.ROOT, "%.0f %%", share * 100);
  }
}
