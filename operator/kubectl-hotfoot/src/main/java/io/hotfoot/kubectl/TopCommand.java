package io.hotfoot.kubectl;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.api.live.LiveEviction;
import io.hotfoot.api.live.LiveNode;
import io.hotfoot.api.live.LiveState;
import io.hotfoot.api.live.LiveVm;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    description = "Watched nodes with their pressure, their VMs as candidates, evictions that run.")
final class TopCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private OperatorOptions options;

  @Override
  public void run() {
    try (KubernetesClient client = options.open();
        OperatorAccess operator = options.operator(client)) {
      print(operator.state(), spec.commandLine().getOut());
    }
  }

  private static void print(LiveState state, PrintWriter out) {
    if (!state.acts()) {
      throw new UserError(
          "operator %s stands by: ask the one that acts".formatted(state.operator()));
    }
    if (state.nodes().isEmpty()) {
      out.println(
          "No node is watched: make a NodePressurePolicy. With enforcement: DryRun, the default, it"
              + " only tells.");
    } else {
      nodes(state, out);
      out.println();
      vms(state, out);
    }
    out.println();
    evictions(state, out);
  }

  private static void nodes(LiveState state, PrintWriter out) {
    Table table = new Table("NODE", "WAITING", "MEMORY LEFT", "VMS", "POLICY", "PRESSED BY");
    for (LiveNode node : state.nodes()) {
      table.row(
          node.name(),
          node.percent() == null ? "silent" : node.percent() + "%",
          node.memoryTotal() == 0
              ? ""
              : "%s of %s".formatted(mib(node.memoryAvailable()), mib(node.memoryTotal())),
          String.valueOf(node.vms().size()),
          node.policy(),
          node.why());
    }
    table.print(out);
  }

  private static void vms(LiveState state, PrintWriter out) {
    Table table = new Table("VM", "NODE", "CPU", "MEMORY", "HOT", "SCORE");
    for (LiveNode node : state.nodes()) {
      for (LiveVm vm : node.vms()) {
        table.row(
            vm.vm(),
            node.name(),
            vm.cpuMilli() + "m",
            mib(vm.residentBytes()),
            vm.hintedBytes() == 0 ? "" : mib(vm.hintedBytes()),
            vm.score() == null ? vm.stays() : String.format(Locale.ROOT, "%.3f", vm.score()));
      }
    }
    if (table.isEmpty()) {
      out.println("No VM runs on a watched node.");
    } else {
      table.print(out);
    }
  }

  private static void evictions(LiveState state, PrintWriter out) {
    if (state.evictions().isEmpty()) {
      out.println("No eviction runs.");
      return;
    }
    Table table = new Table("EVICTION", "VM", "FROM", "TO", "PHASE", "RUNG", "HINTED", "ALL");
    for (LiveEviction it : state.evictions()) {
      table.row(
          it.namespace() + "/" + it.name(),
          it.vm(),
          Objects.requireNonNullElse(it.source(), ""),
          Objects.requireNonNullElse(it.target(), ""),
          it.phase().name(),
          it.rung().name(),
          hinted(it),
          it.totalPercent() == null ? "" : it.totalPercent() + "%");
    }
    table.print(out);
  }

  private static String hinted(LiveEviction eviction) {
    long pages = eviction.memory().stream().mapToLong(LiveEviction.LiveClass::pages).sum();
    long pulled = eviction.memory().stream().mapToLong(LiveEviction.LiveClass::pulled).sum();
    return pages == 0 ? "" : pulled * 100 / pages + "%";
  }

  private static String mib(long bytes) {
    return (bytes >> 20) + "Mi";
  }
}
