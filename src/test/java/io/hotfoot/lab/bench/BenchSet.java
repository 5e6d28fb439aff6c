package io.hotfoot.lab.bench;

import io.hotfoot.lab.Lab;
import io.hotfoot.lab.guest.Workload;
import io.hotfoot.lab.pressure.Contention;
import io.hotfoot.lab.trial.Attempt;
import io.hotfoot.lab.trial.BenchResult;
import io.hotfoot.lab.trial.BenchResult.BenchWay;
import io.hotfoot.lab.trial.Chart;
import io.hotfoot.lab.trial.Figures;
import io.hotfoot.lab.trial.Way;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/** All rounds at one link rate and contention. */
final class BenchSet {
  static final List<String> HEAD =
      List.of(
          "way",
          "source pressed",
          "starved until",
          "all moved",
          "no Service",
          "work lost",
          "÷ better stock",
          "p99 meanwhile");

  private final String link;
  private final Contention contention;
  private final double spanS;
  private final List<List<Attempt>> rounds = new ArrayList<>();
  private final List<BenchResult> results = new ArrayList<>();

  /**
   * @param link Mbit/s, or {@link Lab#UNLIMITED}
   * @param spanS over which work counts as lost, seconds from the onset
   */
  BenchSet(String link, Contention contention, double spanS) {
    this.link = link;
    this.contention = contention;
    this.spanS = spanS;
  }

  /** The figures of one more round: every way once. */
  BenchResult add(Workload workload, List<Attempt> attempts) {
    Integer mbit = Lab.mbit(link);
    var ways = new Figures(attempts.stream().map(Attempt::run).toList()).ways(mbit);
    var figures = new ArrayList<BenchWay>();
    for (int i = 0; i < attempts.size(); i++) {
      figures.add(attempts.get(i).figures(ways.get(i), spanS));
    }
    var result =
        new BenchResult(
            workload.name(), workload.memoryMib(), mbit, contention.label(), List.copyOf(figures));
    rounds.add(attempts);
    results.add(result);
    return result;
  }

  /** Mbit/s, or {@link Lab#UNLIMITED}. */
  String link() {
    return link;
  }

  Contention contention() {
    return contention;
  }

  String title() {
    return "Link %s, contention %s, %d of each way: median (least to most); work lost in %.0f s"
        .formatted(
            link.equals(Lab.UNLIMITED) ? link : link + " Mbit/s",
            contention.label(),
            rounds.size(),
            spanS);
  }

  /** A row a way, under {@link #HEAD}. */
  List<List<String>> rows() {
    return results.getFirst().ways().stream().map(way -> row(way.figures().way())).toList();
  }

  private List<String> row(String way) {
    return List.of(
        way,
        spread(way, BenchWay::contentionLeftS, "s"),
        spread(way, it -> it.figures().recoveredS(), "s"),
        spread(way, it -> it.figures().totalS(), "s"),
        spread(way, it -> it.figures().serviceS(), "s"),
        spread(way, BenchWay::workLostVmS, "VM-s"),
        againstStock(way),
        spread(way, BenchSet::p99MeanwhileMs, "ms"));
  }

  private static Double p99MeanwhileMs(BenchWay way) {
    var latency = way.figures().latency();
    return latency == null ? null : latency.meanwhileP99Ms();
  }

  private String spread(String way, Function<BenchWay, Double> figure, String unit) {
    var values = values(way, figure);
    return values.isEmpty()
        ? "–"
        : String.format(
            Locale.ROOT,
            "%.1f (%.1f to %.1f) %s",
            median(values).orElseThrow(),
            Collections.min(values),
            Collections.max(values),
            unit);
  }

  /** Work lost by a way ÷ that by the better stock way, medians; "–" where one was not tried. */
  String againstStock(String way) {
    var lost = median(values(way, BenchWay::workLostVmS));
    var stock =
        List.of(Way.PREEMPT, Way.HYBRID).stream()
            .map(it -> median(values(it.label(), BenchWay::workLostVmS)))
            .flatMapToDouble(OptionalDouble::stream)
            .min();
    return lost.isEmpty() || stock.isEmpty() || stock.getAsDouble() <= 0
        ? "–"
        : String.format(Locale.ROOT, "%.2f", lost.orElseThrow() / stock.getAsDouble());
  }

  private List<Double> values(String way, Function<BenchWay, Double> figure) {
    return results.stream()
        .flatMap(result -> result.ways().stream())
        .filter(it -> it.figures().way().equals(way))
        .map(figure)
        .filter(value -> value != null)
        .toList();
  }

  private static OptionalDouble median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
  }

  /** The aggregate throughput of the last round's ways, as SVG. */
  String chart() {
    var runs = rounds.getLast().stream().map(Attempt::aggregate).toList();
    double level = runs.stream().mapToDouble(Figures::levelBefore).average().orElseThrow();
    var ways = results.getLast().ways().stream().map(BenchWay::figures).toList();
    return Chart.of(runs, level, 0.9 * level, ways);
  }
}
