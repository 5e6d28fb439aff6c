package io.hotfoot.kubectl;

import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.TransferStatus;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import java.io.PrintWriter;

/** Follows an eviction: in one line that changes on a terminal, else by a line for each news. */
final class Progress {
  private static final int WIDTH = 30;
  private static final String TO_LINE_START = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private String last = "";

  Progress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  void show(VMEviction eviction) {
    VMEvictionStatus status = eviction.getStatus();
    String line =
        status == null || status.phase == null ? "waiting for the operator" : line(status);
    if (line.equals(last)) {
      return;
    }
    last = line;
    if (terminal) {
      out.print(TO_LINE_START + line);
      out.flush();
    } else {
      out.println(line);
    }
  }

  void end() {
    if (terminal && !last.isEmpty()) {
      out.println();
    }
  }

  private static String line(VMEvictionStatus status) {
    return switch (status.phase) {
      case PostCopy -> "PostCopy   " + bar(hot(status)) + " hot pages on " + status.targetNode;
      case Draining -> "Draining   " + bar(total(status)) + " all memory on " + status.targetNode;
      case Pending, Preparing, Migrating -> "%-10s %s".formatted(status.phase, waitsFor(status));
      case Succeeded, Failed, Aborted -> status.phase.name();
    };
  }

  private static int hot(VMEvictionStatus status) {
    TransferStatus transfer = status.transfer;
    return transfer == null || transfer.hotPercent() == null ? 0 : transfer.hotPercent();
  }

  private static int total(VMEvictionStatus status) {
    TransferStatus transfer = status.transfer;
    return transfer == null || transfer.totalPercent() == null ? 0 : transfer.totalPercent();
  }

  static String bar(int percent) {
    int full = percent * WIDTH / 100;
    return "%s%s %3d %%".formatted("█".repeat(full), "░".repeat(WIDTH - full), percent);
  }

  /** While it is not ready, why; else what its migration waits for. */
  private static String waitsFor(VMEvictionStatus status) {
    EvictionCondition.Type type =
        status.phase == EvictionPhase.Pending
            ? EvictionCondition.Type.ReadyToEvict
            : EvictionCondition.Type.ExecutionTransferred;
    return status.conditions.stream()
        .filter(it -> it.type() == type)
        .filter(it -> it.status() != EvictionCondition.Status.True)
        .map(it -> it.reason() + ": " + it.message())
        .findFirst()
        .orElse("");
  }
}
