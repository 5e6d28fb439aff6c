package io.hotfoot.lab.demo;

import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Lab;
import io.hotfoot.lab.Terminal;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Vmi;
import io.hotfoot.lab.guest.Workload;
import io.hotfoot.lab.move.Eviction;
import io.hotfoot.lab.move.Move;
import io.hotfoot.lab.move.StockMigration;
import io.hotfoot.lab.pressure.Pressure;
import io.hotfoot.lab.trial.Attempt;
import io.hotfoot.lab.trial.Figures;
import io.hotfoot.lab.trial.Report;
import io.hotfoot.lab.trial.Result;
import io.hotfoot.lab.trial.Run;
import io.hotfoot.lab.trial.Table;
import io.hotfoot.lab.trial.Trial;
import io.hotfoot.lab.trial.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Evicts one busy VM by each way, from a node that becomes pressed or because it is asked to, shows
 * how it goes, and leaves a report.
 */
@Command(
    name = "demo",
    description = "Evicts a busy VM by each way from the cluster that KUBECONFIG names.")
final class Demo implements Callable<Integer> {
  private static final String NAMESPACE = "hotfoot-demo";
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int SHORTEST_PRECOPY_S = 30;
  private static final Path QUIET = Path.of("src/test/lab/workloads/scattered");

  @Option(names = "--workload", required = true, description = "Folder of the guest's workload.")
  private Path workloadFolder;

  @Option(names = "--link", required = true, description = "Mbit/s or 'unlimited'.")
  private String link;

  @Option(
      names = "--hints",
      required = true,
      description = "Who gives hints: ${COMPLETION-CANDIDATES}.")
  private Hints.Source hints;

  @Option(
      names = "--by",
      required = true,
      description = "What starts the evictions: ${COMPLETION-CANDIDATES}.")
  private Beginning by;

  @Option(names = "--lab", required = true, defaultValue = "${env:LAB}", description = "Its name.")
  private String labName;

  @Option(names = "--out", required = true, description = "Folder for result.json and report.html.")
  private Path out;

  private final Terminal terminal = Terminal.standard();
  private final List<Run> runs = new ArrayList<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private Cluster cluster;
  private Workload workload;
  private PressedNode pressed;

  public static void main(String... args) {
    System.exit(
        new CommandLine(new Demo()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var connected = Cluster.connect()) {
      cluster = connected;
      workload = Workload.in(workloadFolder);
      cluster.makeNamespace(NAMESPACE);
      if (by.byPolicy()) {
        evictUnderPressure();
      } else {
        evictByEachWay();
      }
      report();
      cluster.removeNamespace(NAMESPACE);
      return 0;
    } catch (IOException | RuntimeException e) {
      terminal.say("%nThe demo failed: %s", e.getMessage());
      if (e.getCause() != null) {
        terminal.say("  because: %s", e.getCause().getMessage());
      }
      return 1;
    }
  }

  private void evictUnderPressure() throws IOException, InterruptedException {
    // Of the lab's own, whatever the busy VM runs: it is known how much they take.
    var quiet = Workload.in(QUIET);
    try (var node = new PressedNode(cluster, new Lab(labName), by, terminal, NAMESPACE, quiet)) {
      pressed = node;
      workload = workload.atHalfTheRate();
      evictByEachWay();
    }
  }

  private void evictByEachWay() throws IOException, InterruptedException {
    terminal.say(
        "One busy VM (workload %s, %d MiB) leaves its node by each of %s, each time with a new VM.",
        workload.name(), workload.memoryMib(), ways());
    runs.add(
        run(Way.ENLIGHTENED, by.byPolicy() ? null : evicted(EvictionMode.Enlightened), LONGEST));
    if (by == Beginning.MEMORY) {
      return;
    }
    runs.add(run(Way.PREEMPT, evicted(EvictionMode.PostCopy), LONGEST));
    if (byHost()) {
      return;
    }
    double passS = onePassSeconds();
    int perGib = workload.switchesAfterPass(passS);
    runs.add(run(Way.HYBRID, guest -> StockMigration.hybrid(cluster, guest, perGib), LONGEST));
    var limit = Duration.ofSeconds(Math.max(SHORTEST_PRECOPY_S, (long) Math.ceil(2 * passS)));
    terminal.say(
        "%nPre-copy is cut off after %d s; moving all memory once takes %.0f s.",
        limit.toSeconds(), passS);
    runs.add(run(Way.PRECOPY, evicted(EvictionMode.PreCopy), limit));
  }

  private String ways() {
    if (by == Beginning.MEMORY) {
      return "one way, Hotfoot's: about 4 minutes";
    }
    return byHost()
        ? "two ways: about 4 minutes"
        : "four ways: about %d minutes".formatted(by.byPolicy() ? 11 : 8);
  }

  /** What moving all memory once takes, as post-copy has just shown. */
  private double onePassSeconds() {
    var moments = runs.getLast().moments();
    return (moments.ended() - moments.jobStarted()) / 1000.0;
  }

  /**
   * @param start makes the guest leave; null: the policy does
   */
  private Run run(Way way, Function<Guest, Move> start, Duration limit)
      throws IOException, InterruptedException {
    var vmi = new Vmi(NAMESPACE, way.label(), workload, cluster.vmNodes().getFirst());
    if (byHost()) {
      vmi = vmi.annotated("standin.hotfoot.io/small-pages", "");
    }
    if (pressed == null) {
      return new Trial(cluster, vmi, way, terminal).run(start, limit, Pressure.none());
    }
    var attempt = pressed.run(way, vmi, start, limit);
    attempts.add(attempt);
    terminal.say("  all three VMs together: %s", Table.together(attempt));
    return attempt.run();
  }

  private Function<Guest, Move> evicted(EvictionMode mode) {
    var spec = Map.of("mode", mode.name(), "hints", Map.of("source", hints.name()));
    return guest -> Eviction.create(cluster, guest.namespace(), guest.name(), spec);
  }

  /** The host's hints are compared where they are exact. */
  private boolean byHost() {
    return hints == Hints.Source.Host;
  }

  private void report() throws IOException {
    var figures = new Figures(runs);
    var mbit = Lab.mbit(link);
    var result =
        new Result(by.startedBy(), workload.name(), workload.memoryMib(), mbit, figures.ways(mbit));
    Report.write(out, result, runs, attempts, figures);
    terminal.say("%n%s%n%n%s", Table.text(result), Table.headline(result));
    terminal.say("Report: %s", out.resolve("report.html").toAbsolutePath().normalize());
  }
}
