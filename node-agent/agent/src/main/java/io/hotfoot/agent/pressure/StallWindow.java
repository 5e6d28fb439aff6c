package io.hotfoot.agent.pressure;

import java.time.Duration;

/**
 * Which share of the last so many seconds was lost to waiting, from the kernel's running total. The
 * kernel's own averages lag behind by their whole length, and its triggers need windows in
 * multiples of 2 s from a process without CAP_SYS_RESOURCE.
 */
final class StallWindow {
  /** In so many nanoseconds a microsecond lost is one percent. */
  private static final long PERCENT = 100_000;

  private final Growth lost;

  /**
   * @param length over which to look
   */
  StallWindow(Duration length) {
    this.lost = new Growth(length);
  }

  /**
   * Takes in the total at one moment.
   *
   * @param nanos a clock that only goes forward, ns
   * @param micros lost to waiting since the machine started, µs
   */
  void add(long nanos, long micros) {
    lost.add(nanos, micros);
  }

  /** 0 to 100; 0 until the window has passed once. */
  int percent() {
    return (int) Math.clamp(lost.in(PERCENT), 0, 100);
  }
}
