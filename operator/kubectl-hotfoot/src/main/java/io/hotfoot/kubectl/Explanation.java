package io.hotfoot.kubectl;

import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionCondition.Type;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.PlanStatus;
import io.hotfoot.api.v1alpha1.Rung;
import io.hotfoot.api.v1alpha1.TransferStatus;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** How one eviction went, from its object alone. */
final class Explanation {
  private final VMEviction eviction;
  private final VMEvictionStatus status;
  private final PrintWriter out;

  Explanation(VMEviction eviction, PrintWriter out) {
    this.eviction = eviction;
    this.status = eviction.getStatus();
    this.out = out;
  }

  void print(Instant now) {
    out.printf(
        "%s/%s: VM %s",
        eviction.getMetadata().getNamespace(),
        eviction.getMetadata().getName(),
        eviction.getSpec().vmiName());
    if (status == null || status.phase == null) {
      out.println(", which no operator has looked at yet: kubectl hotfoot check");
      return;
    }
    if (status.sourceNode != null) {
      out.printf(
          " from %s to %s", status.sourceNode, Objects.requireNonNullElse(status.targetNode, "?"));
    }
    out.println(": " + status.phase);
    asked();
    out.println();
    new Timeline(status.timing, now).lines().forEach(out::println);
    out.println();
    rung();
    plan();
    transfer();
    out.println();
    status.conditions.forEach(this::condition);
  }

  private void asked() {
    if (eviction.getSpec().requestedBy() != null || eviction.getSpec().reason() != null) {
      out.printf(
          "asked for by %s: %s%n",
          Objects.requireNonNullElse(eviction.getSpec().requestedBy(), "somebody"),
          Objects.requireNonNullElse(eviction.getSpec().reason(), "no reason given"));
    }
    Map<String, String> annotations = eviction.getMetadata().getAnnotations();
    if (annotations != null && annotations.containsKey(NodePressurePolicy.DECISION)) {
      out.println("chosen among: " + annotations.get(NodePressurePolicy.DECISION));
    }
  }

  private void rung() {
    if (status.timing.started == null) {
      out.println("It has touched nothing.");
      return;
    }
    Rung rung =
        Rung.of(Objects.requireNonNullElse(status.mode, eviction.getSpec().mode()), status.hints);
    out.println("Rung: " + rung + why(rung));
  }

  private String why(Rung rung) {
    EvictionMode asked = eviction.getSpec().mode();
    if (rung == Rung.GuestHints) {
      return ", the best";
    }
    if (rung == Rung.PreCopy && asked == EvictionMode.PreCopy
        || rung == Rung.PostCopy && asked == EvictionMode.PostCopy) {
      return ", as was asked for";
    }
    if (rung == Rung.PreCopy) {
      return find(Type.ReadyToEvict).map(it -> ": " + it.message()).orElse("");
    }
    return find(Type.HintsCollected).map(it -> ": " + it.message()).orElse(", so far");
  }

  private void plan() {
    PlanStatus plan = status.plan;
    if (plan != null && plan.hintedFirstMilliseconds() != null) {
      out.printf(
          "Plan: %s; hinted pages first would have them there in %d ms, the stream alone all memory"
              + " in %d ms%n",
          plan.order(), plan.hintedFirstMilliseconds(), plan.streamedMilliseconds());
    }
  }

  private void transfer() {
    TransferStatus transfer = status.transfer;
    if (transfer == null) {
      return;
    }
    out.print("Memory:");
    say(" hot pages %s %%,", transfer.hotPercent());
    say(" all %s %% on the target;", transfer.totalPercent());
    say(" %s pages asked for one by one;", transfer.remoteFaults());
    say(" %s %% of these no hint had named;", transfer.missedPercent());
    say(" %s hinted pages pulled;", transfer.pulledPages());
    say(" the guest stood still for %s ms", transfer.downtimeMilliseconds());
    out.println();
  }

  private void say(String format, Object value) {
    if (value != null) {
      out.printf(format, value);
    }
  }

  private void condition(EvictionCondition it) {
    String mark =
        switch (it.status()) {
          case True -> "✓";
          case False -> "✗";
          case Unknown -> "?";
        };
    out.printf("%s %-20s %-20s %s%n", mark, it.type(), it.reason(), it.message());
  }

  private Optional<EvictionCondition> find(Type type) {
    return status.conditions.stream().filter(it -> it.type() == type).findFirst();
  }

  static boolean succeeded(VMEviction eviction) {
    return eviction.getStatus().phase == EvictionPhase.Succeeded;
  }
}
