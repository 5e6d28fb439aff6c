package io.hotfoot.lab.chaos;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.KubeVirt;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Terminal;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Vmi;
import io.hotfoot.lab.guest.Workload;
import io.hotfoot.lab.move.Eviction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Evicts all of some small VMs at once, again and again, and tells what has grown by it. */
@Command(name = "load", description = "Many evictions.")
final class Load implements Callable<Integer> {
  private static final String NAMESPACE = "hotfoot-load";
  private static final int MEMORY_MIB = 192;
  private static final String SMALL = "hot=4 cold=32 rate=20000";
  private static final Duration END = Duration.ofMinutes(6);
  private static final Duration TIDY = Duration.ofSeconds(30);
  private static final int TELL_EVERY = 10;

  @Option(names = "--lab", required = true, defaultValue = "${env:LAB}", description = "Its name.")
  private String labName;

  @Option(names = "--workload", required = true, description = "Folder of the guests' workload.")
  private Path workload;

  @Option(names = "--guests", required = true, description = "How many VMs.")
  private int guestCount;

  @Option(names = "--rounds", required = true, description = "How often all are evicted.")
  private int rounds;

  private final Terminal terminal = Terminal.standard();
  private final List<Guest> guests = new ArrayList<>();
  private Cluster cluster;
  private Footprint footprint;
  private Aftermath aftermath;
  private int wrong;

  public static void main(String... args) {
    System.exit(new CommandLine(new Load()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (var connected = Cluster.connect()) {
      cluster = connected;
      var processes = new LabProcesses(labName);
      footprint = new Footprint(cluster, processes);
      aftermath = new Aftermath(cluster, processes);
      cluster.makeNamespace(NAMESPACE);
      allowAtOnce();
      boot();
      terminal.say("before:%n%s", footprint.text());
      for (int round = 1; round <= rounds; round++) {
        evictAll(round);
        if (round == 1 || round % TELL_EVERY == 0 || round == rounds) {
          terminal.say("after %d evictions:%n%s", round * guestCount, footprint.text());
        }
      }
      guests.forEach(Guest::close);
      cluster.removeNamespace(NAMESPACE);
    }
    terminal.say("%n%d evictions, %d of which went wrong", rounds * guestCount, wrong);
    return wrong == 0 ? 0 : 1;
  }

  /** KubeVirt's own default is 5 in a cluster and 2 from a node. */
  private void allowAtOnce() {
    var limits =
        "{\"spec\": {\"configuration\": {\"migrations\": {\"parallelMigrationsPerCluster\": %1$d,"
            + " \"parallelOutboundMigrationsPerNode\": %1$d}}}}";
    cluster
        .client()
        .resources(KubeVirt.class)
        .inAnyNamespace()
        .list()
        .getItems()
        .forEach(
            it ->
                cluster
                    .client()
                    .resource(it)
                    .patch(PatchContext.of(PatchType.JSON_MERGE), limits.formatted(guestCount)));
  }

  private void boot() throws IOException {
    var small = Workload.in(workload).smaller(MEMORY_MIB, SMALL);
    for (int i = 1; i <= guestCount; i++) {
      var vmi = new Vmi(NAMESPACE, "guest-" + i, small, cluster.vmNodes().getFirst());
      guests.add(Guest.boot(cluster, vmi));
      terminal.say("%s runs on %s", vmi.name(), guests.getLast().node());
    }
  }

  private void evictAll(int round) throws InterruptedException {
    long begun = System.nanoTime();
    var evictions = new ArrayList<Eviction>();
    for (var guest : guests) {
      evictions.add(Eviction.create(cluster, NAMESPACE, guest.name(), Map.of("deadline", "5m")));
    }
    for (var eviction : evictions) {
      var status = Patience.until(END, 200, eviction::status, Eviction::hasEnded);
      if (status == null || status.phase != EvictionPhase.Succeeded) {
        complain(round, status == null ? "no answer" : "" + status.phase + " " + status.conditions);
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    for (int i = 0; i < guestCount; i++) {
      check(round, guests.get(i), evictions.get(i));
    }
    cluster.client().resources(VMEviction.class).inNamespace(NAMESPACE).delete();
    terminal.say("round %d: %d evictions in %.1f s", round, guestCount, seconds);
  }

  private void check(int round, Guest guest, Eviction eviction) throws InterruptedException {
    try {
      guest.requireMemoryUnchanged();
    } catch (IOException e) {
      complain(round, guest.name() + ": " + e.getMessage());
    }
    var left =
        Patience.until(TIDY, 500, () -> aftermath.leftOf(eviction, guest, true), List::isEmpty);
    if (left == null || !left.isEmpty()) {
      complain(round, guest.name() + " left behind " + left);
    }
  }

  private void complain(int round, String what) {
    wrong++;
    terminal.say("round %d: %s", round, what);
  }
}
