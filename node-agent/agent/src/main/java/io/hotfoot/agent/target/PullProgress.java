package io.hotfoot.agent.target;

import io.hotfoot.agent.hints.PullList;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the pages of a pull list as they come in, and notes when the hot ones and all of them were
 * there.
 */
final class PullProgress {
  private final long pages;
  private final long hotPages;
  private final Clock clock;
  private final Runnable milestone;
  private final AtomicLong resident = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong hotResident = new AtomicLong();
  private final AtomicLong hotFailed = new AtomicLong();
  private final AtomicLong hotResidentMs = new AtomicLong();
  private final AtomicLong residentMs = new AtomicLong();

  /**
   * @param milestone is called when the hot pages and when all pages are there, by the thread that
   *     pulled the last
   */
  PullProgress(PullList list, Clock clock, Runnable milestone) {
    this.pages = list.pages();
    this.hotPages = list.hotPages();
    this.clock = clock;
    this.milestone = milestone;
  }

  /** Pulling begins: a list without pages, or without hot ones, is there already. */
  void begin() {
    noteMilestones(true);
  }

  void arrived(boolean hot) {
    resident.incrementAndGet();
    if (hot) {
      hotResident.incrementAndGet();
    }
    noteMilestones(hot);
  }

  void failed(boolean hot) {
    failed.incrementAndGet();
    if (hot) {
      hotFailed.incrementAndGet();
    }
    noteMilestones(hot);
  }

  /** Post-copy ended well: what was not pulled came by itself. */
  void allArrived() {
    resident.set(pages);
    failed.set(0);
    hotResident.set(hotPages);
    hotFailed.set(0);
    noteMilestones(true);
  }

  /** A page that cannot be pulled must not keep the throttle on for ever: it counts as done. */
  boolean done() {
    return resident.get() + failed.get() >= pages;
  }

  /** The same for the hot pages. */
  boolean hotDone() {
    return hotResident.get() + hotFailed.get() >= hotPages;
  }

  private void noteMilestones(boolean hot) {
    if (hot && hotDone()) {
      note(hotResidentMs);
    }
    if (done()) {
      note(residentMs);
    }
  }

  private void note(AtomicLong when) {
    if (when.compareAndSet(0, clock.millis())) {
      milestone.run();
    }
  }

  long pages() {
    return pages;
  }

  long hotPages() {
    return hotPages;
  }

  long resident() {
    // A touch that waited when all had arrived counts once more.
    return Math.min(resident.get(), pages);
  }

  long failed() {
    return failed.get();
  }

  long hotResident() {
    return Math.min(hotResident.get(), hotPages);
  }

  /** Wall clock, ms since 1970; 0: not yet. */
  long hotResidentMs() {
    return hotResidentMs.get();
  }

  /** Wall clock, ms since 1970; 0: not yet. */
  long residentMs() {
    return residentMs.get();
  }

  @Override
  public String toString() {
    return "%d of %d pages (%d of %d hot, %d failed)"
        .formatted(resident(), pages, hotResident(), hotPages, failed());
  }
}
