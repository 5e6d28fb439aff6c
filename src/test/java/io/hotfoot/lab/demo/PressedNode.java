package io.hotfoot.lab.demo;

import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Lab;
import io.hotfoot.lab.Terminal;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Vmi;
import io.hotfoot.lab.guest.Workload;
import io.hotfoot.lab.move.Eviction;
import io.hotfoot.lab.move.Move;
import io.hotfoot.lab.pressure.Contention;
import io.hotfoot.lab.pressure.LabPolicy;
import io.hotfoot.lab.pressure.MemoryPressure;
import io.hotfoot.lab.pressure.Pressure;
import io.hotfoot.lab.pressure.RememberedHints;
import io.hotfoot.lab.pressure.Squeeze;
import io.hotfoot.lab.trial.Attempt;
import io.hotfoot.lab.trial.Trial;
import io.hotfoot.lab.trial.Way;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/**
 * A node with two quiet VMs that stay. For each way a busy one comes, the node becomes pressed, and
 * a policy tells which VM leaves, and when. Hotfoot's way is the policy's own eviction; the others
 * begin when the policy, in DryRun, says that it would evict. Closing this removes the quiet VMs.
 */
final class PressedNode implements AutoCloseable {
  /** Together with the busy one, at half its rate, they leave something of one CPU. */
  private static final String QUIET = "hot=16 cold=200 rate=5000";

  private static final int QUIET_MIB = 512;

  /** No node loses time to waiting for memory by itself. */
  private static final long MEMORY_PERCENT = 5;

  private static final String POLICY = "hotfoot-demo";

  private final Cluster cluster;
  private final Lab lab;
  private final Beginning by;
  private final Terminal terminal;
  private final String namespace;
  private final String node;
  private final List<Guest> quiet;

  /** Boots the quiet VMs. */
  PressedNode(
      Cluster cluster,
      Lab lab,
      Beginning by,
      Terminal terminal,
      String namespace,
      Workload quietWorkload) {
    this.cluster = cluster;
    this.lab = lab;
    this.by = by;
    this.terminal = terminal;
    this.namespace = namespace;
    this.node = cluster.vmNodes().getFirst();
    var workload = quietWorkload.smaller(QUIET_MIB, QUIET);
    Eviction.warmUp(cluster, new Vmi(namespace, "warm-up", workload, node), terminal);
    forgetEvictions();
    terminal.say("Two quiet VMs of %d MiB boot on %s; they stay.", QUIET_MIB, node);
    this.quiet =
        List.of("quiet-1", "quiet-2").stream()
            .map(name -> Guest.boot(cluster, new Vmi(namespace, name, workload, node)))
            .toList();
  }

  /**
   * @param stock the way, begun as it is without Hotfoot; null: the policy evicts
   */
  Attempt run(Way way, Vmi busy, Function<Guest, Move> stock, Duration limit)
      throws IOException, InterruptedException {
    var enforcement = stock == null ? Enforcement.Enforce : Enforcement.DryRun;
    try (var watch = new Watch(busy, enforcement)) {
      var run =
          new Trial(cluster, busy, way, terminal)
              .run(guest -> watch.begin(guest, stock), limit, watch);
      var stayed = quiet.stream().map(Guest::throughput).toList();
      return new Attempt(run, stayed);
    } finally {
      forgetEvictions();
    }
  }

  /** For a node from which a VM has just left, a policy waits. */
  private void forgetEvictions() {
    cluster.client().resources(VMEviction.class).inNamespace(namespace).delete();
  }

  @Override
  public void close() {
    quiet.forEach(Guest::close);
  }

  /** One onset, and the policy that sees it. */
  private final class Watch implements Pressure {
    private final Vmi busy;
    private final Enforcement enforcement;
    private final Pressure pressure =
        by == Beginning.MEMORY
            ? new MemoryPressure(cluster, lab, node, namespace)
            : new Squeeze(lab, node, Contention.HEAVY);
    private LabPolicy policy;

    Watch(Vmi busy, Enforcement enforcement) {
      this.busy = busy;
      this.enforcement = enforcement;
    }

    @Override
    public Onset prepare() throws IOException, InterruptedException {
      var onset = pressure.prepare();
      long calm = lab.stalledPercent(node, by.resource());
      long threshold = by == Beginning.MEMORY ? MEMORY_PERCENT : (calm + 100) / 2;
      var made = Instant.now();
      policy = LabPolicy.make(cluster, POLICY, node, by.resource(), threshold, enforcement);
      terminal.say(
          "  %s: for %d %% of the time somebody waits for %s; the policy (%s) acts from %d %% of 2 s on",
          node, calm, by.resource(), enforcement, threshold);
      // Also where the way does not need it, so that all VMs have run as long.
      terminal.live("calm", "  calm for a while, so that the agent remembers hints");
      new RememberedHints(cluster, node).awaitOf(busy.namespace(), busy.name(), made);
      return onset;
    }

    Move begin(Guest busy, Function<Guest, Move> stock) {
      var choice = policy.awaitChoice();
      terminal.say("  %s under pressure (%s): %s", node, choice.pressure(), choice.message());
      if (!choice.vm().equals(busy.namespace() + "/" + busy.name())) {
        throw new IllegalStateException("the policy chose " + choice.vm() + ", not the busy VM");
      }
      return stock == null
          ? Eviction.named(cluster, busy.namespace(), choice.eviction())
          : stock.apply(busy);
    }

    @Override
    public void close() throws IOException {
      if (policy != null) {
        policy.close();
      }
      pressure.close();
    }
  }
}
