package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.JobStats;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** How fast a migration goes, from two looks at its job. */
final class Pace {
  static final int PAGE_BYTES = 4096;

  private final LongSupplier nanoTime;
  private final Duration between;
  private JobStats first;
  private long firstNanos;

  /**
   * @param stream how fast what remains gets less, bytes a second
   * @param requests how fast pages are asked for, by pulls and by the guest, bytes a second
   */
  record Rates(long stream, long requests) {}

  /**
   * @param between least time between the two looks
   */
  Pace(LongSupplier nanoTime, Duration between) {
    this.nanoTime = nanoTime;
    this.between = between;
  }

  /** Takes a look; absent until the second one that is late enough. */
  Optional<Rates> look(JobStats now) {
    long nanos = nanoTime.getAsLong();
    if (first == null) {
      first = now;
      firstNanos = nanos;
      return Optional.empty();
    }
    long passed = nanos - firstNanos;
    if (passed < between.toNanos()) {
      return Optional.empty();
    }
    return Optional.of(
        new Rates(
            perSecond(first.memoryRemaining() - now.memoryRemaining(), passed),
            perSecond((now.remoteFaults() - first.remoteFaults()) * PAGE_BYTES, passed)));
  }

  private static long perSecond(long bytes, long nanos) {
    return (long) (Math.max(0, bytes) * 1e9 / nanos);
  }
}
