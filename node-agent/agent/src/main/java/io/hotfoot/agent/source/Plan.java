package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.JobStats;
import java.time.Duration;

/**
 * What gives the guest its speed back sooner once execution has moved: the hinted pages first, with
 * the background stream held back, or the stream alone. Pages that are asked for one by one do not
 * come as fast as a fast link could bring them, so that all memory may be there sooner than the
 * hinted pages would be.
 *
 * @param pullBytesPerSecond how fast the hinted pages come
 * @param streamBytesPerSecond how fast the stream takes memory off the list of what is left
 * @param hintedFirst until the hinted pages are there when they go first
 * @param streamed until all memory is there when nothing is held back
 */
record Plan(
    long pullBytesPerSecond, long streamBytesPerSecond, Duration hintedFirst, Duration streamed) {

  /** Pages that are pulled come no faster, as far as was seen, bytes a second. */
  static final long FASTEST_PULL = 60 << 20;

  /** So fast they come, as was seen, where those who answer for them hardly get a CPU. */
  static final long PRESSED_PULL = 25 << 20;

  /**
   * Of the time that the stream alone would take. What hints missed comes after the hinted pages,
   * and the guest may need it too, so that these must be there well before all memory would be.
   */
  private static final double WELL_BEFORE = 2.0 / 3;

  /** One part of so many of the time that the stream alone would take is long. */
  private static final int LONG = 3;

  /**
   * A plan by what was seen after the switch.
   *
   * @param hintedBytes of the hinted pages
   * @param pull how fast these come, bytes a second
   * @param stream how fast the stream brings what remains, bytes a second; 0: nothing moved
   */
  static Plan seen(long hintedBytes, long pull, long stream, JobStats job) {
    return of(left(hintedBytes, job), pull, job.memoryRemaining(), stream);
  }

  private static Plan of(long hintedBytes, long pull, long remaining, long stream) {
    return new Plan(pull, stream, time(hintedBytes, pull), time(remaining, stream));
  }

  /** Bytes of the hinted pages that nobody has asked for. */
  static long left(long hintedBytes, JobStats job) {
    return Math.max(0, hintedBytes - job.remoteFaults() * Pace.PAGE_BYTES);
  }

  /**
   * A plan before any page is pulled: pulls are as fast as the stream, up to what the source's CPUs
   * let them be.
   *
   * @param hintedBytes of the hinted pages
   * @param remaining bytes of all that has not moved
   * @param stream how fast it moves, bytes a second; 0: nothing moved
   * @param cpuWait for what share of the time work waits for the source's CPUs, 0 to 1
   */
  static Plan foreseen(long hintedBytes, long remaining, long stream, double cpuWait) {
    long pull = Math.max(PRESSED_PULL, (long) (FASTEST_PULL * (1 - cpuWait)));
    return of(hintedBytes, Math.min(pull, stream), remaining, stream);
  }

  /** Whether the hinted pages should go first. Where nothing moved at all, they should. */
  boolean holdsStreamBack() {
    return streamBytesPerSecond == 0 || hintedFirst.toMillis() < WELL_BEFORE * streamed.toMillis();
  }

  /**
   * Whether the stream was held back for so long that it should go on, whatever is not there yet:
   * the hottest pages are, and everything else comes by as much later.
   */
  boolean isLong(Duration heldBack) {
    return streamBytesPerSecond > 0 && heldBack.multipliedBy(LONG).compareTo(streamed) > 0;
  }

  private static Duration time(long bytes, long bytesPerSecond) {
    return Duration.ofMillis(bytesPerSecond == 0 ? 0 : bytes * 1000 / bytesPerSecond);
  }
}
