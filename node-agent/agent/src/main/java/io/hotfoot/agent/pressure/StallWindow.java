package io.hotfoot.agent.pressure;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Which share of the last so many seconds was lost to waiting, from the kernel's running total. The
 * kernel's own averages lag behind by their whole length, and its triggers need windows in
 * multiples of 2 s from a process without CAP_SYS_RESOURCE.
 */
final class StallWindow {
  private static final long NANOS_PER_MICRO = 1000;

  private final long length;
  private final Deque<Sample> samples = new ArrayDeque<>();

  /**
   * @param micros lost so far, since the machine started
   */
  private record Sample(long nanos, long micros) {}

  StallWindow(Duration length) {
    this.length = length.toNanos();
  }

  /**
   * Takes in the total at one moment.
   *
   * @param nanos a clock that only goes forward, ns
   * @param micros lost to waiting since the machine started, µs
   */
  void add(long nanos, long micros) {
    samples.addLast(new Sample(nanos, micros));
    Sample first = samples.removeFirst();
    while (!samples.isEmpty() && nanos - samples.getFirst().nanos >= length) {
      first = samples.removeFirst();
    }
    samples.addFirst(first);
  }

  /** 0 to 100; 0 until the window has passed once. */
  int percent() {
    if (samples.isEmpty()) {
      return 0;
    }
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    long nanos = last.nanos - first.nanos;
    if (nanos < length) {
      return 0;
    }
    long lost = (last.micros - first.micros) * NANOS_PER_MICRO;
    return Math.clamp(lost * 100 / nanos, 0, 100);
  }
}
