package io.hotfoot.lab.chaos;

import io.hotfoot.api.v1alpha1.EvictionCondition.Type;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Lab;
import io.hotfoot.lab.Terminal;
import io.hotfoot.lab.chaos.ChaosResult.Fate;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Vmi;
import io.hotfoot.lab.guest.Workload;
import io.hotfoot.lab.move.Eviction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Evicts a busy VM again and again while something goes wrong, and says what became of it. */
@Command(name = "chaos", description = "Evictions with faults.")
final class Campaign implements Callable<Integer> {
  private static final String NAMESPACE = "hotfoot-chaos";
  private static final int MEMORY_MIB = 384;
  private static final String SMALL = "hot=8 cold=100";
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration NEXT = Duration.ofMinutes(3);

  @Option(names = "--lab", required = true, defaultValue = "${env:LAB}", description = "Its name.")
  private String labName;

  @Option(names = "--workload", required = true, description = "Folder of the guest's workload.")
  private Path workload;

  @Option(names = "--link", required = true, description = "Rate of the lab's link, Mbit/s.")
  private int linkMbit;

  @Option(names = "--runs", required = true, description = "How many evictions.")
  private int runs;

  @Option(names = "--seed", required = true, description = "Of the first; the next adds 1.")
  private long seed;

  @Option(names = "--fault", description = "Only faults whose name has this in it.")
  private String only = "";

  @Option(names = "--out", required = true, description = "For results.json and logs.")
  private Path out;

  private final Terminal terminal = Terminal.standard();
  private final List<ChaosResult> results = new ArrayList<>();
  private Cluster cluster;
  private LabProcesses processes;
  private Aftermath aftermath;
  private Guest guest;
  private int booted;
  private int brokenOff;

  public static void main(String... args) {
    System.exit(new CommandLine(new Campaign()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var faults = Faults.all().stream().filter(it -> it.name().contains(only)).toList();
    if (faults.isEmpty()) {
      terminal.say("no fault has '%s' in its name", only);
      return 2;
    }
    processes = new LabProcesses(labName);
    Files.createDirectories(out);
    var kept = new ChaosResults(out.resolve("results.json"));
    try (var connected = Cluster.connect()) {
      cluster = connected;
      aftermath = new Aftermath(cluster, processes);
      cluster.makeNamespace(NAMESPACE);
      for (int i = 0; i < runs; i++) {
        tryRun(ChaosPlan.of(seed + i, faults), kept);
      }
      discardGuest();
      cluster.removeNamespace(NAMESPACE);
    }
    terminal.say("%n%s", ChaosTable.text(kept.all()));
    long broken = results.stream().filter(it -> !it.holds()).count();
    terminal.say(
        "%n%d runs now, %d of which did not hold; %d broke off", results.size(), broken, brokenOff);
    return broken + brokenOff == 0 ? 0 : 1;
  }

  /** What goes wrong with the campaign itself must not end it. */
  private void tryRun(ChaosPlan plan, ChaosResults kept) throws InterruptedException {
    try {
      var result = run(plan);
      results.add(result);
      kept.add(result);
    } catch (IOException | RuntimeException e) {
      brokenOff++;
      terminal.say("     seed %d  %s: broke off: %s", plan.seed(), plan.fault().name(), e);
      discardGuest();
    }
  }

  private ChaosResult run(ChaosPlan plan) throws IOException, InterruptedException {
    awaitReady();
    if (guest == null) {
      guest = boot();
    }
    var run = new ChaosRun(cluster, new Lab(labName), processes, linkMbit, plan, guest).run();
    if (run.guest() == Fate.lost) {
      discardGuest();
    }
    var result = run.withWrong(next());
    tidy();
    terminal.say(
        "%3d  seed %d  %-36s %-10s %-28s %-5s %5.1f s%s",
        results.size() + 1,
        result.seed(),
        result.fault(),
        result.step(),
        result.outcome(),
        result.guest(),
        result.seconds(),
        result.holds() ? "" : "  DID NOT HOLD");
    if (!result.holds()) {
      result.leftBehind().forEach(it -> terminal.say("       left behind: %s", it));
      result.wrong().forEach(it -> terminal.say("       wrong: %s", it));
      terminal.say("       the eviction says: %s", result.message());
      new PodLogs(cluster.client()).write(out.resolve(result.seed() + ".log"));
    }
    return result;
  }

  private Guest boot() {
    try {
      var small = Workload.in(workload).smaller(MEMORY_MIB, SMALL);
      var name = "guest-" + ++booted;
      return Guest.boot(cluster, new Vmi(NAMESPACE, name, small, cluster.vmNodes().getFirst()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void discardGuest() {
    if (guest == null) {
      return;
    }
    try {
      guest.close();
    } catch (RuntimeException e) {
      terminal.say("     guest %s does not go: %s", guest.name(), e.getMessage());
    }
    guest = null;
  }

  /** The next eviction of the same VM, the quickest, without a fault; what was wrong with it. */
  private List<String> next() throws InterruptedException {
    var wrong = new ArrayList<>(awaitReady());
    if (guest == null) {
      guest = boot();
    }
    var spec = Map.of("mode", "PostCopy", "deadline", "2m");
    var eviction = Eviction.create(cluster, NAMESPACE, guest.name(), spec);
    var status = Patience.until(NEXT, 200, eviction::status, Eviction::hasEnded);
    if (status == null || status.phase != EvictionPhase.Succeeded) {
      var completed = status == null ? null : Eviction.condition(status, Type.Completed);
      wrong.add("the next eviction: " + (completed == null ? "no end" : completed.message()));
    }
    try {
      guest.requireMemoryUnchanged();
    } catch (IOException | RuntimeException e) {
      wrong.add("after the next eviction: " + e.getMessage());
      discardGuest();
    }
    return wrong;
  }

  private List<String> awaitReady() throws InterruptedException {
    var unready = Patience.until(READY, 500, aftermath::unready, List::isEmpty);
    return unready == null
        ? List.of("the cluster does not answer")
        : unready.stream().map(name -> name + " is not ready again").toList();
  }

  /** Evictions that are over are of no use any more. */
  private void tidy() {
    cluster.client().resources(VMEviction.class).inNamespace(NAMESPACE).list().getItems().stream()
        .filter(it -> it.hasEnded())
        .forEach(it -> cluster.client().resource(it).delete());
  }
}
