package io.hotfoot.agent.hints;

import io.hotfoot.agent.vm.VmId;
import java.time.Duration;
import java.util.Optional;

/** A guest of this node, when to ask it for hints, and those that it gave last. */
final class RememberedGuest {
  private final VmId vm;
  private GuestLine line = new GuestLine();
  private CollectedHints hints;
  private long takenNanos;
  private long dueNanos;
  private long leftUntilNanos;
  private String failure = "the guest has not been asked yet";

  /**
   * @param dueNanos when to ask it first
   */
  RememberedGuest(VmId vm, long dueNanos) {
    this.vm = vm;
    this.dueNanos = dueNanos;
    this.leftUntilNanos = dueNanos;
  }

  VmId vm() {
    return vm;
  }

  synchronized long dueNanos() {
    return dueNanos - leftUntilNanos > 0 ? dueNanos : leftUntilNanos;
  }

  /** The line to ask it by; one that an eviction has cut meanwhile stays cut. */
  synchronized GuestLine begin(long nextNanos, long now) {
    dueNanos = nextNanos;
    if (leftUntilNanos - now <= 0) {
      line = new GuestLine();
    }
    return line;
  }

  /** Leaves it alone until then, and gives up what it was asked. */
  void leaveUntil(long nanos) {
    GuestLine open;
    synchronized (this) {
      leftUntilNanos = nanos;
      open = line;
    }
    open.hangUp();
  }

  /** Returns whether it had given none before. */
  synchronized boolean gave(CollectedHints given, long now) {
    boolean first = hints == null;
    hints = given;
    takenNanos = now;
    return first;
  }

  synchronized void failed(String why, long nextNanos) {
    failure = why;
    dueNanos = nextNanos;
  }

  synchronized void drop() {
    hints = null;
    failure = "other guests have given theirs since, and no more are kept";
  }

  /** What it gave last, unless that is older. */
  synchronized Optional<CollectedHints> recall(Duration oldest, long now) {
    return Optional.ofNullable(hints)
        .filter(it -> now - takenNanos <= oldest.toNanos())
        .map(it -> it.remembered(Duration.ofNanos(now - takenNanos).toMillis()));
  }

  /** Why it gave none. */
  synchronized String failure() {
    return failure;
  }

  synchronized long takenNanos() {
    return takenNanos;
  }

  /** Of what is kept of it, bytes. */
  synchronized long length() {
    return hints == null ? 0 : hints.bytes().length;
  }
}
