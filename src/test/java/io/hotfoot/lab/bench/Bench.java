package io.hotfoot.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Lab;
import io.hotfoot.lab.Resources;
import io.hotfoot.lab.Terminal;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Vmi;
import io.hotfoot.lab.guest.Workload;
import io.hotfoot.lab.move.Eviction;
import io.hotfoot.lab.move.Move;
import io.hotfoot.lab.move.StockMigration;
import io.hotfoot.lab.pressure.Contention;
import io.hotfoot.lab.pressure.LabPolicy;
import io.hotfoot.lab.pressure.Pressure;
import io.hotfoot.lab.pressure.RememberedHints;
import io.hotfoot.lab.pressure.Squeeze;
import io.hotfoot.lab.trial.Attempt;
import io.hotfoot.lab.trial.BenchResult;
import io.hotfoot.lab.trial.Report;
import io.hotfoot.lab.trial.Table;
import io.hotfoot.lab.trial.Trial;
import io.hotfoot.lab.trial.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The paper's experiment: two VMs on one node, pressure begins, and one of them leaves at once, by
 * each way in turn.
 */
@Command(name = "bench", description = "Compares the ways for a VM to leave a pressed node.")
final class Bench implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String NAMESPACE = "hotfoot-bench";
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final double SHORTEST_SPAN_S = 15;

  @Option(names = "--lab", required = true, defaultValue = "${env:LAB}", description = "Its name.")
  private String labName;

  @Option(names = "--workload", required = true, description = "Folder of the guests' workload.")
  private Path workloadFolder;

  @Option(names = "--links", split = ",", required = true, description = "Mbit/s or 'unlimited'.")
  private List<String> links;

  @Option(names = "--contentions", split = ",", required = true, description = "none,light,heavy")
  private List<Contention> contentions;

  @Option(names = "--ways", split = ",", required = true, description = "Names of the ways.")
  private List<Way> ways;

  @Option(names = "--runs", required = true, description = "How often each way is tried.")
  private int runs;

  @Option(names = "--out", required = true, description = "For results.json and report.html.")
  private Path out;

  private final Terminal terminal = Terminal.standard();
  private final List<BenchResult> results = new ArrayList<>();
  private final List<BenchSet> sets = new ArrayList<>();
  private Cluster cluster;
  private Lab lab;
  private Workload workload;
  private Guest neighbour;
  private double passS;

  public static void main(String... args) {
    var command =
        new CommandLine(new Bench())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .registerConverter(Way.class, Way::of);
    System.exit(command.execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    lab = new Lab(labName);
    try (var connected = Cluster.connect()) {
      cluster = connected;
      // Two guests must find room on one CPU before the pressure: each takes half of the requests.
      workload = Workload.in(workloadFolder).atHalfTheRate();
      Files.createDirectories(out);
      cluster.makeNamespace(NAMESPACE);
      Eviction.warmUp(cluster, vmi("warm-up", workload), terminal);
      try (var stays = Guest.boot(cluster, vmi("neighbour", workload));
          var _ = LabPolicy.watching(cluster, NAMESPACE, stays.node())) {
        neighbour = stays;
        for (var link : links) {
          measure(link);
        }
      }
      var crossover = new Crossover(sets);
      terminal.say(
          "%nWork lost by the enlightened way ÷ by the better stock way%n%s",
          Table.text(crossover.head(), crossover.rows()));
      cluster.removeNamespace(NAMESPACE);
      return 0;
    } catch (IOException | RuntimeException e) {
      terminal.say("%nThe benchmark failed: %s", e.getMessage());
      return 1;
    }
  }

  private void measure(String link) throws IOException, InterruptedException {
    lab.rate(link);
    passS = onePassS(link);
    double spanS = Math.max(SHORTEST_SPAN_S, 2 * passS);
    for (var contention : contentions) {
      var set = new BenchSet(link, contention, spanS);
      sets.add(set);
      for (int round = 1; round <= runs; round++) {
        terminal.say(
            "%n== link %s, contention %s, round %d of %d", link, contention.label(), round, runs);
        results.add(
            set.add(workload, round(round, contention, Duration.ofMillis((long) (spanS * 1000)))));
        JSON.writeValue(out.resolve("results.json").toFile(), results);
      }
      terminal.say("%n%s%n%s", set.title(), Table.text(BenchSet.HEAD, set.rows()));
      Files.writeString(out.resolve("report.html"), page());
    }
  }

  /** What moving all memory once takes at the link's rate; where that is unlimited, no time. */
  private double onePassS(String link) {
    var mbit = Lab.mbit(link);
    return mbit == null ? 0 : workload.memoryMib() * 8.389 / mbit;
  }

  /** Each round begins with another way. */
  private List<Attempt> round(int number, Contention contention, Duration span)
      throws IOException, InterruptedException {
    var order = new ArrayList<>(ways);
    Collections.rotate(order, 1 - number);
    var attempts = new EnumMap<Way, Attempt>(Way.class);
    for (var way : order) {
      attempts.put(way, attempt(way, contention, span));
    }
    return ways.stream().map(attempts::get).toList();
  }

  private Attempt attempt(Way way, Contention contention, Duration span)
      throws IOException, InterruptedException {
    var limit = way.moves() ? LONGEST : span;
    try (var pressure = new Squeeze(lab, neighbour.node(), contention)) {
      var run =
          new Trial(cluster, vmi(way), way, terminal).run(start(way), limit, known(way, pressure));
      if (way == Way.PREEMPT) {
        passS = (run.moments().ended() - run.moments().jobStarted()) / 1000.0;
      }
      return new Attempt(run, List.of(neighbour.throughput()));
    }
  }

  /**
   * A policy has watched the node long before it becomes pressed, and its agent remembers what the
   * VM has said; also where the way does not need it, so that all VMs have run as long.
   */
  private Pressure known(Way way, Pressure pressure) {
    var begun = Instant.now();
    return () -> {
      new RememberedHints(cluster, neighbour.node()).awaitOf(NAMESPACE, way.label(), begun);
      return pressure.prepare();
    };
  }

  private Function<Guest, Move> start(Way way) {
    return switch (way) {
      case ENLIGHTENED, ORACLE -> guest -> Eviction.byPolicy(cluster, guest, NAMESPACE);
      case ENLIGHTENED_HOST ->
          guest ->
              Eviction.create(
                  cluster,
                  guest.namespace(),
                  guest.name(),
                  Map.of("hints", Map.of("source", Hints.Source.Host.name())));
      case PREEMPT -> guest -> Eviction.of(cluster, guest, EvictionMode.PostCopy);
      case PRECOPY -> guest -> Eviction.of(cluster, guest, EvictionMode.PreCopy);
      case HYBRID ->
          guest -> StockMigration.hybrid(cluster, guest, workload.switchesAfterPass(passS));
      case PRECOPY_CONVERGE -> guest -> StockMigration.converging(cluster, guest);
    };
  }

  private Vmi vmi(Way way) {
    return way == Way.ORACLE
        ? vmi(way.label(), workload.withKernelArgs("lab.hints=truth"))
        : vmi(way.label(), workload);
  }

  /**
   * The host's hints are exact where pages are small; the ways are compared by guests of a kind.
   */
  private Vmi vmi(String name, Workload workload) {
    var vmi = new Vmi(NAMESPACE, name, workload, cluster.vmNodes().getFirst());
    return ways.contains(Way.ENLIGHTENED_HOST)
        ? vmi.annotated("standin.hotfoot.io/small-pages", "")
        : vmi;
  }

  private String page() {
    return Resources.text("bench.html")
        .replace("{{style}}", Resources.text("report.css"))
        .replace("{{crossover}}", crossover())
        .replace("{{sets}}", sets.stream().map(Bench::section).collect(Collectors.joining()));
  }

  private String crossover() {
    var crossover = new Crossover(sets);
    return table(crossover.head(), crossover.rows());
  }

  private static String section(BenchSet set) {
    return "<h2>%s</h2>%n%s%n%s"
        .formatted(Report.escape(set.title()), set.chart(), table(BenchSet.HEAD, set.rows()));
  }

  private static String table(List<String> head, List<List<String>> body) {
    var rows =
        body.stream()
            .map(
                row ->
                    "<tr class='%s'>%s</tr>%n".formatted(row.getFirst(), Report.cells("td", row)))
            .collect(Collectors.joining());
    return "<div class='scroll'><table><tr>%s</tr>%n%s</table></div>%n"
        .formatted(Report.cells("th", head), rows);
  }
}
