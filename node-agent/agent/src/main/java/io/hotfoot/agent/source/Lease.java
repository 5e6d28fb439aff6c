package io.hotfoot.agent.source;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Runs out unless it is renewed in time. */
final class Lease {
  private final LongSupplier nanoTime;
  private long end;

  /**
   * @param nanoTime a clock that only goes forward, as System::nanoTime
   */
  Lease(Duration length, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    renew(length);
  }

  void renew(Duration length) {
    end = nanoTime.getAsLong() + length.toNanos();
  }

  boolean hasRunOut() {
    return nanoTime.getAsLong() - end >= 0;
  }
}
