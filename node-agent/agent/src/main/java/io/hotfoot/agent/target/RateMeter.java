package io.hotfoot.agent.target;

import java.util.concurrent.TimeUnit;

/** How fast a counter grew over the last second or so. Counted by one thread, read by any. */
final class RateMeter {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long startCount;
  private long startNanos = Long.MIN_VALUE;
  private volatile int perSecond;

  /**
   * @param count never falls
   * @param nanos a clock that only goes forward, ns
   */
  void count(long count, long nanos) {
    if (startNanos == Long.MIN_VALUE) {
      startCount = count;
      startNanos = nanos;
    } else if (nanos - startNanos >= SECOND) {
      perSecond = (int) ((count - startCount) * SECOND / (nanos - startNanos));
      startCount = count;
      startNanos = nanos;
    }
  }

  int perSecond() {
    return perSecond;
  }
}
