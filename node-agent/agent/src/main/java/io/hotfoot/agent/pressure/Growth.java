package io.hotfoot.agent.pressure;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a running total has grown over the last so many seconds. */
final class Growth {
  private final long length;
  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(long nanos, long total) {}

  Growth(Duration length) {
    this.length = length.toNanos();
  }

  /**
   * Takes in the total at one moment.
   *
   * @param nanos a clock that only goes forward, ns
   */
  void add(long nanos, long total) {
    samples.addLast(new Sample(nanos, total));
    Sample first = samples.removeFirst();
    while (!samples.isEmpty() && nanos - samples.getFirst().nanos >= length) {
      first = samples.removeFirst();
    }
    samples.addFirst(first);
  }

  /**
   * In so many nanoseconds, on average; 0 until the window has passed once, and where the total
   * went back.
   */
  double in(long unit) {
    if (samples.isEmpty()) {
      return 0;
    }
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    long nanos = last.nanos - first.nanos;
    double grown = last.total - first.total;
    return nanos < length || nanos == 0 ? 0 : Math.max(0, grown * unit / nanos);
  }
}
