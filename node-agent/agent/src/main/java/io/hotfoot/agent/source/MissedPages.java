package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.JobStats;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether the guest still waits for many pages, once the hinted ones are there: hints of a guest
 * that was short of CPU miss some of what it needs. Each such page waits behind what the background
 * stream has put into the link, several times as long as when the stream is held back.
 */
final class MissedPages {
  /** A guest that asks for fewer pages a second loses little by waiting for each. */
  static final long FEW = 40;

  static final Duration LOOK = Duration.ofMillis(400);

  private final LongSupplier nanoTime;
  private final long end;
  private Pace pace;

  /**
   * @param nanoTime a clock that only goes forward, as System::nanoTime
   * @param atMost then they count as few, whatever is asked for
   */
  MissedPages(LongSupplier nanoTime, Duration atMost) {
    this.nanoTime = nanoTime;
    end = nanoTime.getAsLong() + atMost.toNanos();
    pace = new Pace(nanoTime, LOOK);
  }

  /** To be called several times a second, when nobody but the guest asks for pages any more. */
  boolean areFew(JobStats job) {
    if (nanoTime.getAsLong() - end >= 0) {
      return true;
    }
    var rates = pace.look(job);
    if (rates.isEmpty()) {
      return false;
    }
    pace = new Pace(nanoTime, LOOK);
    pace.look(job);
    return rates.get().requests() < FEW * Pace.PAGE_BYTES;
  }
}
