package io.hotfoot.lab.chaos;

import io.hotfoot.api.v1alpha1.EvictionCondition.Type;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Lab;
import io.hotfoot.lab.chaos.ChaosResult.Fate;
import io.hotfoot.lab.chaos.Fault.Undo;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.move.Eviction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One eviction with one fault, and what became of it. */
final class ChaosRun {
  private static final String DEADLINE = "90s";
  private static final Duration STEP = Duration.ofSeconds(60);
  private static final Duration TARGET_OF_FAULT = Duration.ofSeconds(4);
  private static final Duration END = Duration.ofMinutes(4);
  private static final Duration ANSWER = Duration.ofSeconds(90);
  private static final Duration TIDY = Duration.ofSeconds(30);
  private static final Set<Reason> SAYS_LOST =
      EnumSet.of(Reason.GuestLost, Reason.VmiNotRunning, Reason.VmiNotFound);

  /** Of these the message says that the VM runs on. */
  private static final Set<Reason> SAYS_STAYED =
      EnumSet.of(
          Reason.MigrationFailed,
          Reason.MigrationDeleted,
          Reason.AbortedByUser,
          Reason.DeadlineExceeded);

  private final Cluster cluster;
  private final Lab lab;
  private final LabProcesses processes;
  private final Aftermath aftermath;
  private final int linkMbit;
  private final ChaosPlan plan;
  private final Guest guest;
  private final List<String> wrong = new ArrayList<>();

  /**
   * @param guest that runs
   */
  ChaosRun(
      Cluster cluster, Lab lab, LabProcesses processes, int linkMbit, ChaosPlan plan, Guest guest) {
    this.cluster = cluster;
    this.lab = lab;
    this.processes = processes;
    this.linkMbit = linkMbit;
    this.plan = plan;
    this.guest = guest;
    aftermath = new Aftermath(cluster, processes);
  }

  ChaosResult run() throws IOException, InterruptedException {
    long requested = System.nanoTime();
    var source = guest.node();
    var eviction = evict();
    var before =
        Patience.until(
            STEP,
            20,
            eviction::status,
            it -> it.phase != null && it.phase.compareTo(plan.step()) >= 0);
    Thread.sleep(plan.delayMs());
    var step = strike(eviction, source, before);
    var status =
        Patience.until(
            END, 100, eviction::status, it -> Eviction.hasEnded(it) || eviction.isGone());
    double seconds = (System.nanoTime() - requested) / 1e9;
    var fate = fate();
    var left = left(eviction, fate);
    judge(eviction, status, fate, source);
    return new ChaosResult(
        plan.fault().name(),
        step,
        outcome(eviction, status),
        message(status),
        fate,
        plan.fault().mayLoseGuest(hasMoved(status)),
        left,
        List.copyOf(wrong),
        Math.round(seconds * 10) / 10.0,
        plan.seed());
  }

  private Eviction evict() {
    return Eviction.create(cluster, guest.namespace(), guest.name(), Map.of("deadline", DEADLINE));
  }

  private String strike(Eviction eviction, String source, VMEvictionStatus before)
      throws InterruptedException, IOException {
    var nodes = cluster.vmNodes();
    var target = nodes.stream().filter(node -> !node.equals(source)).findFirst().orElseThrow();
    var scene =
        new Scene(
            cluster.client(),
            lab,
            processes,
            nodes,
            guest,
            eviction,
            source,
            target,
            linkMbit,
            plan.lastsMs(),
            plan.random());
    var phase = eviction.status().phase;
    var undo =
        Patience.until(TARGET_OF_FAULT, 100, () -> plan.fault().act().begin(scene), begun -> true);
    if (undo == null) {
      wrong.add("the fault could not be injected");
      return "" + phase;
    }
    if (undo != Undo.NOTHING) {
      Thread.sleep(plan.lastsMs());
    }
    try {
      undo.end();
    } catch (IOException e) {
      wrong.add(e.getMessage());
    }
    return "" + (phase == null ? before.phase : phase);
  }

  /** Alive is a guest that KubeVirt calls running and that says that its memory is unchanged. */
  private Fate fate() throws InterruptedException {
    var vmi = Patience.until(TIDY, 500, guest::now, it -> true);
    if (vmi == null || !"Running".equals(vmi.getStatus().phase())) {
      return Fate.lost;
    }
    var answer = Patience.until(ANSWER, 1000, this::memory, ""::equals);
    if (answer != null && !answer.isEmpty() && !plan.fault().mayLoseGuest(false)) {
      wrong.add(answer);
    }
    return "".equals(answer) ? Fate.alive : Fate.lost;
  }

  /** Empty where it is unchanged. */
  private String memory() {
    try {
      guest.requireMemoryUnchanged();
      return "";
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private List<String> left(Eviction eviction, Fate fate) throws InterruptedException {
    var left =
        Patience.until(
            TIDY, 500, () -> aftermath.leftOf(eviction, guest, fate == Fate.alive), List::isEmpty);
    return left == null ? List.of("could not be looked at") : left;
  }

  private void judge(Eviction eviction, VMEvictionStatus status, Fate fate, String source)
      throws InterruptedException {
    if (status == null || !Eviction.hasEnded(status)) {
      if (!Boolean.TRUE.equals(Patience.until(TIDY, 500, eviction::isGone, gone -> gone))) {
        wrong.add("the eviction has not ended in " + END);
      }
      return;
    }
    var reason = Eviction.condition(status, Type.Completed).reason();
    if (fate == Fate.alive) {
      boolean arrived = !source.equals(guest.node());
      if (arrived != (status.phase == EvictionPhase.Succeeded)) {
        wrong.add("says %s, but the guest is on %s".formatted(reason, guest.node()));
      }
      if (SAYS_LOST.contains(reason)) {
        wrong.add("says %s, but the guest lives".formatted(reason));
      }
    } else if (SAYS_STAYED.contains(reason)
        || !plan.fault().mayLoseGuest(false) && !SAYS_LOST.contains(reason)) {
      wrong.add("says %s, but the guest is lost".formatted(reason));
    }
  }

  private static boolean hasMoved(VMEvictionStatus status) {
    return status != null && status.timing.executionTransferred != null;
  }

  private static String outcome(Eviction eviction, VMEvictionStatus status) {
    if (status == null || status.phase == null) {
      return "Deleted";
    }
    var completed = Eviction.condition(status, Type.Completed);
    return completed == null ? "" + status.phase : status.phase + "/" + completed.reason();
  }

  private static String message(VMEvictionStatus status) {
    var completed = status == null ? null : Eviction.condition(status, Type.Completed);
    return completed == null ? "" : completed.message();
  }
}
