package io.hotfoot.lab.trial;

import io.hotfoot.lab.guest.Throughput;
import io.hotfoot.lab.guest.Throughput.Reading;
import java.util.ArrayList;
import java.util.List;

/** Made-up throughput for unit tests: a guest that runs at given rates for given times. */
public final class MadeUp {
  private static final long TICK_MS = 100;
  private final List<Reading> readings = new ArrayList<>();
  private final long startMs;
  private double operations;
  private long nowMs;

  /** Starts at a wall clock, ms since 1970. */
  public MadeUp(long startMs) {
    this.startMs = startMs;
    nowMs = startMs;
    read();
  }

  /** Goes on for some seconds at a rate, operations a second. */
  public MadeUp runs(double seconds, double rate) {
    for (long end = nowMs + Math.round(seconds * 1000); nowMs < end; ) {
      nowMs += TICK_MS;
      operations += rate * TICK_MS / 1000;
      read();
    }
    return this;
  }

  /** Says nothing for some seconds. */
  public MadeUp stands(double seconds) {
    nowMs += Math.round(seconds * 1000);
    return this;
  }

  public Throughput throughput() {
    return Throughput.of(readings);
  }

  private void read() {
    readings.add(new Reading(nowMs, nowMs - startMs, Math.round(operations)));
  }
}
