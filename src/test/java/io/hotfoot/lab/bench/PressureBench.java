package io.hotfoot.lab.bench;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Lab;
import io.hotfoot.lab.Terminal;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Vmi;
import io.hotfoot.lab.guest.Workload;
import io.hotfoot.lab.move.Eviction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How soon a policy acts: a node is squeezed again and again, and each time it is noted when the
 * VMEviction and the migration were there. The eviction is then called off.
 */
@Command(name = "bench-pressure", description = "Times from the onset of pressure to the eviction.")
final class PressureBench implements Callable<Integer> {
  private static final String NAMESPACE = "hotfoot-bench-pressure";
  private static final String POLICY =
      """
      apiVersion: eviction.hotfoot.io/v1alpha1
      kind: NodePressurePolicy
      metadata: {name: bench-pressure}
      spec:
        triggers: [{resource: cpu, thresholdPercent: %d, window: 1s}]
        target: {maxPressurePercent: 100}
        budget: {perHour: 1000, vmCoolDown: 1s, nodeCoolDown: 1s}
        enforcement: Enforce
      """;
  private static final long WINDOW_MS = 1_000;
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** On a machine that does other things too a node is not calm for a while. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final int SQUEEZED_PERCENT = 15;

  /** What the policy acts on at least: halfway between what nodes wait anyway and all the time. */
  private static final long THRESHOLD_PERCENT = 60;

  private static final long SEED = 1;

  /**
   * What one onset led to.
   *
   * @param evictionMs from the onset until the VMEviction was seen, beyond the policy's window, ms
   * @param migrationMs the same until the VMIM was seen
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Onset(long evictionMs, long migrationMs) {}

  /**
   * pressure.json.
   *
   * @param thresholdPercent what the policy acted on
   * @param first the operator's first eviction since its start
   * @param onsets the others
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Outcome(long windowMs, long thresholdPercent, Onset first, List<Onset> onsets) {}

  @Option(names = "--lab", required = true, defaultValue = "${env:LAB}", description = "Its name.")
  private String labName;

  @Option(names = "--workload", required = true, description = "Folder of the guest's workload.")
  private Path workloadFolder;

  @Option(names = "--onsets", required = true, description = "How often the node is squeezed.")
  private int times;

  @Option(names = "--out", required = true, description = "For pressure.json.")
  private Path out;

  private final Terminal terminal = Terminal.standard();
  private final List<Onset> onsets = new ArrayList<>();
  private Onset first;
  private long thresholdPercent;
  private long calmPercent;
  private final Random random = new Random(SEED);
  private Cluster cluster;
  private Lab lab;

  public static void main(String... args) {
    System.exit(new CommandLine(new PressureBench()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    lab = new Lab(labName);
    try (var connected = Cluster.connect()) {
      cluster = connected;
      cluster.makeNamespace(NAMESPACE);
      var vmi =
          new Vmi(NAMESPACE, "guest", Workload.in(workloadFolder), cluster.vmNodes().getFirst());
      try (var guest = Guest.boot(cluster, vmi)) {
        long calm = 0;
        for (var node : cluster.vmNodes()) {
          calm = Math.max(calm, lab.stalledPercent(node, "cpu"));
        }
        thresholdPercent = Math.max(THRESHOLD_PERCENT, (calm + 100) / 2);
        calmPercent = (calm + thresholdPercent) / 2;
        terminal.say(
            "nodes wait for CPUs %d %% of the time, and the policy acts from %d %% of 1 s on",
            calm, thresholdPercent);
        cluster.client().resource(policy()).create();
        first = squeeze(guest);
        terminal.say("first since the operator's start: %s", first);
        while (onsets.size() < times) {
          var onset = squeeze(guest);
          if (onset.evictionMs < -WINDOW_MS) {
            terminal.say("the policy acted before the onset: this one does not count");
            continue;
          }
          onsets.add(onset);
          keep();
          terminal.say("onset %d of %d: %s", onsets.size(), times, onset);
        }
      } finally {
        cluster.client().resource(policy()).delete();
      }
      cluster.removeNamespace(NAMESPACE);
      report();
      return 0;
    } catch (IOException | RuntimeException e) {
      terminal.say("%nThe benchmark failed: %s", e.getMessage());
      return 1;
    }
  }

  private GenericKubernetesResource policy() {
    return Serialization.unmarshal(
        POLICY.formatted(thresholdPercent), GenericKubernetesResource.class);
  }

  private Onset squeeze(Guest guest) throws IOException, InterruptedException {
    await("the end of the pressure")
        .atMost(PATIENCE)
        .until(() -> policyStatus() != null && policyStatus().getStatus().nodesPressed == 0);
    var node = guest.node();
    awaitCalm(node);
    Thread.sleep(random.nextLong(WINDOW_MS)); // not in step with whoever looks every so often
    try (var evictions = new FirstSight<>(VMEviction.class);
        var migrations = new FirstSight<>(VirtualMachineInstanceMigration.class)) {
      long onset = System.currentTimeMillis();
      lab.squeeze(node, SQUEEZED_PERCENT);
      long evicted = evictions.await("an eviction");
      long migrates = migrations.await("a migration");
      lab.letGo(node);
      callOff();
      return new Onset(evicted - onset - WINDOW_MS, migrates - onset - WINDOW_MS);
    } finally {
      lab.letGo(node);
    }
  }

  /** What else the machine does must not pass for the onset. */
  private void awaitCalm(String node) throws IOException, InterruptedException {
    var end = Instant.now().plus(PATIENCE);
    for (long stalled = lab.stalledPercent(node, "cpu");
        stalled > calmPercent;
        stalled = lab.stalledPercent(node, "cpu")) {
      if (Instant.now().isAfter(end)) {
        throw new IOException(
            "node %s is not squeezed, and yet waits for CPUs %d %% of the time for %d min now: is the machine busy with other things?"
                .formatted(node, stalled, PATIENCE.toMinutes()));
      }
      terminal.live(
          "calm",
          "  waiting for %s to be calm: it waits %d %% of the time".formatted(node, stalled));
    }
  }

  private NodePressurePolicy policyStatus() {
    var policy =
        cluster.client().resources(NodePressurePolicy.class).withName("bench-pressure").get();
    return policy == null || policy.getStatus() == null ? null : policy;
  }

  private void callOff() {
    var evictions = cluster.client().resources(VMEviction.class).inNamespace(NAMESPACE);
    for (var eviction : evictions.list().getItems()) {
      evictions
          .withName(eviction.getMetadata().getName())
          .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"abort\": true}}");
      Eviction.of(cluster, eviction).awaitEnd(LONGEST);
      Eviction.of(cluster, eviction).delete();
      Eviction.of(cluster, eviction).awaitGone(LONGEST);
    }
  }

  /** After each onset: who stops a long run keeps what there is. */
  private void keep() throws IOException {
    Files.createDirectories(out);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(
            out.resolve("pressure.json").toFile(),
            new Outcome(WINDOW_MS, thresholdPercent, first, onsets));
  }

  private void report() {
    terminal.say("%nFrom the onset of pressure, beyond the policy's window of 1 s:");
    terminal.say("  first since the operator's start: %s", first);
    terminal.say("  VMEviction  %s", quantiles(Onset::evictionMs));
    terminal.say("  migration   %s", quantiles(Onset::migrationMs));
  }

  private String quantiles(ToLongFunction<Onset> figure) {
    var sorted = onsets.stream().mapToLong(figure).sorted().toArray();
    return "median %d ms, 99th percentile %d ms, most %d ms"
        .formatted(
            sorted[sorted.length / 2],
            sorted[(int) Math.ceil(0.99 * sorted.length) - 1],
            sorted[sorted.length - 1]);
  }

  /** When the first new object of a kind was seen in the benchmark's namespace. */
  private final class FirstSight<T extends HasMetadata>
      implements ResourceEventHandler<T>, AutoCloseable {
    private final AtomicLong seenMs = new AtomicLong();
    private final SharedIndexInformer<T> informer;

    FirstSight(Class<T> kind) {
      informer = cluster.client().resources(kind).inNamespace(NAMESPACE).inform(this);
    }

    long await(String what) {
      return org.awaitility.Awaitility.await(what)
          .atMost(LONGEST)
          .pollInterval(Duration.ofMillis(20))
          .until(seenMs::get, ms -> ms > 0);
    }

    @Override
    public void onAdd(T added) {
      seenMs.compareAndSet(0, System.currentTimeMillis());
    }

    @Override
    public void onUpdate(T before, T after) {}

    @Override
    public void onDelete(T gone, boolean finalStateUnknown) {}

    @Override
    public void close() {
      informer.close();
    }
  }
}
