package io.hotfoot.lab.trial;

import io.hotfoot.lab.guest.Throughput;
import io.hotfoot.lab.trial.Result.HintResult;
import io.hotfoot.lab.trial.Result.LatencyResult;
import io.hotfoot.lab.trial.Result.WayResult;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Turns what was seen into figures. The same rules for every way:
 *
 * <ul>
 *   <li>The level before is the mean of the 10 s before the request; the settled level the mean of
 *       the record's last 10 s, which must begin at least 10 s after all memory had moved.
 *   <li>Recovered: from here on every 5 s mean is at least 80 % of the settled level, averaged over
 *       all ways that arrived: one threshold for all. These means slide by 100 ms; shorter ones of
 *       an undisturbed guest dip below the threshold, too. The moment is where, in the first of
 *       them, the mean of half a second first is at the threshold.
 *   <li>Work lost is counted from the request, so that taking hints is not free, over the span
 *       (request to end) of the slowest way that arrived. A way whose record is shorter is taken to
 *       go on at its settled level, or at the level before if it never moved.
 * </ul>
 */
public final class Figures {
  static final long LEVEL_MS = 10_000;
  static final long SETTLING_MS = 10_000;
  private static final double BACK = 0.8;
  private static final long MEAN_MS = 5_000;
  private static final long MOMENT_MS = 500;
  private static final long STEP_MS = 100;

  private final List<Run> runs;
  private final double threshold;
  private final long spanMs;

  /**
   * @param runs at least one
   * @throws IllegalArgumentException if a way's record is too short to tell its settled level
   */
  public Figures(List<Run> runs) {
    this.runs = runs;
    var arrived = runs.stream().filter(run -> run.moments().arrived()).toList();
    arrived.forEach(Figures::requireSettled);
    threshold = BACK * mean(arrived, Figures::levelAfter);
    spanMs =
        (arrived.isEmpty() ? runs : arrived)
            .stream().mapToLong(Figures::spanOf).max().orElseThrow();
  }

  /**
   * The figures of each way, in the order of the runs.
   *
   * @param linkMbit the link's rate, Mbit/s; null where it is not known
   */
  public List<WayResult> ways(Integer linkMbit) {
    return runs.stream().map(run -> of(run, linkMbit)).toList();
  }

  /** Throughput from which a guest counts as recovered, operations a second. */
  double threshold() {
    return threshold;
  }

  /** Mean of all ways' levels before, operations a second. */
  double levelBefore() {
    return mean(runs, Figures::levelBefore);
  }

  /** Operations a second of the undisturbed guest. */
  public static double levelBefore(Run run) {
    long requested = run.moments().requested();
    return run.throughput().rate(requested - LEVEL_MS, requested);
  }

  private static double levelAfter(Run run) {
    long last = run.throughput().lastMs();
    return run.throughput().rate(last - LEVEL_MS, last);
  }

  private WayResult of(Run run, Integer linkMbit) {
    var moments = run.moments();
    var hints = run.hints();
    boolean arrived = moments.arrived();
    return new WayResult(
        run.way().label(),
        arrived,
        arrived ? seconds(run, moments.switched()) : seconds(run, run.throughput().lastMs()),
        downtime(run),
        arrived ? recovered(run) : null,
        hints == null ? null : new HintResult(hints.source(), hints.pages(), hints.collectedMs()),
        seconds(run, moments.hotResident()),
        hints == null || linkMbit == null ? null : round(hints.bytes() * 8 / (linkMbit * 1e6), 2),
        arrived ? seconds(run, moments.ended()) : null,
        arrived ? service(moments) : null,
        lost(run),
        arrived ? round(levelAfter(run) / levelBefore(run), 3) : null,
        latency(run));
  }

  private static LatencyResult latency(Run run) {
    if (run.latencies().intervals().isEmpty()) {
      return null;
    }
    long requested = run.moments().requested();
    long last = run.throughput().lastMs();
    return new LatencyResult(
        p99(run, requested - LEVEL_MS, requested),
        p99(run, requested, requested + spanOf(run)),
        p99(run, last - LEVEL_MS, last));
  }

  private static Double p99(Run run, long fromMs, long toMs) {
    var ms = run.latencies().p99Ms(fromMs, toMs);
    return ms == null ? null : round(ms, 2);
  }

  private static Double service(Moments moments) {
    return moments.served() == null
        ? null
        : round((moments.served() - moments.switched()) / 1000.0, 2);
  }

  private static long downtime(Run run) {
    var moments = run.moments();
    return moments.resumed() == null || moments.switched() == null
        ? 0
        : moments.resumed() - moments.switched();
  }

  private Double recovered(Run run) {
    var throughput = run.throughput();
    long start = run.moments().jobStarted();
    Long back = null;
    // From the end: the first mean below the threshold, seen from there, ends the time that is
    // good.
    for (long from = throughput.lastMs() - MEAN_MS; from >= start; from -= STEP_MS) {
      if (throughput.rate(from, from + MEAN_MS) < threshold) {
        break;
      }
      back = from;
    }
    return back == null ? null : seconds(run, firstMomentAtThreshold(throughput, back));
  }

  private long firstMomentAtThreshold(Throughput throughput, long from) {
    long moment = from;
    while (throughput.rate(moment, moment + MOMENT_MS) < threshold) {
      moment += STEP_MS;
    }
    return moment;
  }

  private double lost(Run run) {
    var throughput = run.throughput();
    long from = run.moments().requested();
    long until = Math.min(from + spanMs, throughput.lastMs());
    double before = levelBefore(run);
    double unseenS = (from + spanMs - until) / 1000.0;
    double done =
        throughput.operationsAt(until)
            - throughput.operationsAt(from)
            + unseenS * (run.moments().arrived() ? levelAfter(run) : before);
    return round(1 - done / (before * spanMs / 1000), 3);
  }

  private static long spanOf(Run run) {
    var ended = run.moments().ended();
    return (ended == null ? run.throughput().lastMs() : ended) - run.moments().requested();
  }

  private static void requireSettled(Run run) {
    long settled = run.throughput().lastMs() - LEVEL_MS - run.moments().ended();
    if (settled < SETTLING_MS) {
      throw new IllegalArgumentException(
          "%s: the record ends %d ms after all had moved, needs %d ms"
              .formatted(run.way().label(), settled + LEVEL_MS, SETTLING_MS + LEVEL_MS));
    }
  }

  /** Seconds from the migration job's start (from the request where no job was seen). */
  private static Double seconds(Run run, Long ms) {
    var moments = run.moments();
    long start = moments.jobStarted() == null ? moments.requested() : moments.jobStarted();
    return ms == null ? null : round((ms - start) / 1000.0, 2);
  }

  private static double mean(List<Run> runs, ToDoubleFunction<Run> value) {
    return runs.stream().mapToDouble(value).average().orElse(0);
  }

  static double round(double value, int digits) {
    double unit = Math.pow(10, digits);
    return Math.round(value * unit) / unit;
  }
}
