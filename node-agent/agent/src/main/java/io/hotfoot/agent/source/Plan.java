package io.hotfoot.agent.source;

import java.time.Duration;

/**
 * What gives the guest its speed back sooner once execution has moved: the hinted pages first, with
 * the background stream held back, or the stream alone. Pages that are asked for one by one do not
 * come as fast as a fast link could bring them, so that all memory may be there sooner than the
 * hinted pages would be.
 *
 * @param streamBytesPerSecond how fast the stream takes memory off the list of what is left
 * @param hintedFirst until the hinted pages are there when they go first
 * @param streamed until all memory is there when nothing is held back
 */
record Plan(long streamBytesPerSecond, Duration hintedFirst, Duration streamed) {

  /** Pages that are pulled come no faster, as far as was seen, bytes a second. */
  static final long FASTEST_PULL = 60 << 20;

  /**
   * Of the time that the stream alone would take. What hints missed comes after the hinted pages,
   * and the guest may need it too, so that these must be there well before all memory would be.
   */
  private static final double WELL_BEFORE = 2.0 / 3;

  /**
   * @param hintedBytes of the hinted pages that are not there yet
   * @param pull how fast these come, bytes a second
   * @param remaining bytes that are not there yet
   * @param stream how fast the stream brings them, bytes a second; 0: nothing moved
   */
  static Plan of(long hintedBytes, long pull, long remaining, long stream) {
    return new Plan(stream, time(hintedBytes, pull), time(remaining, stream));
  }

  /** A plan by the stream alone: pulls are as fast as it, up to a limit. */
  static Plan foreseen(long hintedBytes, long remaining, long stream) {
    return of(hintedBytes, Math.min(FASTEST_PULL, stream), remaining, stream);
  }

  /** Whether the hinted pages should go first. Where nothing moved at all, they should. */
  boolean holdsStreamBack() {
    return streamBytesPerSecond == 0 || hintedFirst.toMillis() < WELL_BEFORE * streamed.toMillis();
  }

  /** How fast the hinted pages were thought to come, bytes a second. */
  long pullBytesPerSecond() {
    return Math.min(FASTEST_PULL, streamBytesPerSecond);
  }

  private static Duration time(long bytes, long bytesPerSecond) {
    return Duration.ofMillis(bytesPerSecond == 0 ? 0 : bytes * 1000 / bytesPerSecond);
  }
}
