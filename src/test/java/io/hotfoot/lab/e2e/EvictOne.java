package io.hotfoot.lab.e2e;

import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Terminal;
import io.hotfoot.lab.move.Eviction;
import io.hotfoot.lab.move.Traces;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Evicts an existing VM from the cluster that KUBECONFIG names and says step by step what held. */
@Command(name = "e2e", description = "Evicts one VM and says step by step what held.")
final class EvictOne implements Callable<Integer> {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  @Option(names = "--vmi", required = true, description = "namespace/name of the VM.")
  private String vmi;

  private final Terminal terminal = Terminal.standard();
  private int broken;

  public static void main(String... args) {
    System.exit(new CommandLine(new EvictOne()).execute(args));
  }

  @Override
  public Integer call() {
    var parts = vmi.split("/");
    if (parts.length != 2) {
      terminal.say("VMI=%s: must be namespace/name", vmi);
      return 2;
    }
    try (var cluster = Cluster.connect()) {
      evict(cluster, parts[0], parts[1]);
    } catch (RuntimeException e) {
      terminal.say("failed: %s", e.getMessage());
      return 1;
    }
    terminal.say(broken == 0 ? "all held" : broken + " did not hold");
    return broken == 0 ? 0 : 1;
  }

  private void evict(Cluster cluster, String namespace, String name) {
    var before = find(cluster, namespace, name);
    boolean runs = before != null && "Running".equals(before.getStatus().phase());
    held(runs, "VM %s runs", vmi);
    if (!runs) {
      return;
    }
    var from = before.getStatus().nodeName();
    var eviction = Eviction.create(cluster, namespace, name, Map.of());
    terminal.say("         evicting it from node %s", from);
    var status = follow(eviction);
    for (var type : EvictionCondition.Type.values()) {
      var condition = Eviction.condition(status, type);
      held(
          condition != null && condition.status() == EvictionCondition.Status.True,
          "%s: %s",
          type,
          condition == null ? "not reached" : condition.reason() + ", " + condition.message());
    }
    var after = find(cluster, namespace, name);
    held(status.phase == EvictionPhase.Succeeded, "the eviction succeeded, by %s", status.mode);
    held(
        after != null && before.getMetadata().getUid().equals(after.getMetadata().getUid()),
        "it is the same VM as before");
    held(
        after != null && !from.equals(after.getStatus().nodeName()),
        "it runs on another node: %s",
        after == null ? "none" : after.getStatus().nodeName());
    held(
        cluster.client().resources(MigrationPolicy.class).withName(Traces.POLICY).get() == null,
        "no MigrationPolicy was left");
    held(after == null || !hasLabel(after), "no label was left");
  }

  private VMEvictionStatus follow(Eviction eviction) {
    var phase = new EvictionPhase[1];
    return eviction.await(
        status -> {
          if (status.phase != null && status.phase != phase[0]) {
            phase[0] = status.phase;
            terminal.say("         %s", status.phase);
          }
          return Eviction.hasEnded(status);
        },
        LONGEST);
  }

  private void held(boolean holds, String format, Object... values) {
    broken += holds ? 0 : 1;
    terminal.say("%-8s %s", holds ? "held" : "NOT HELD", format.formatted(values));
  }

  private static boolean hasLabel(VirtualMachineInstance vmi) {
    var labels = vmi.getMetadata().getLabels();
    return labels != null && labels.containsKey(Traces.LABEL);
  }

  private static VirtualMachineInstance find(Cluster cluster, String namespace, String name) {
    return cluster
        .client()
        .resources(VirtualMachineInstance.class)
        .inNamespace(namespace)
        .withName(name)
        .get();
  }
}
