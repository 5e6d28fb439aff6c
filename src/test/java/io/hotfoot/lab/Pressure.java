package io.hotfoot.lab;

import java.io.IOException;

/**
 * The onset of pressure on a node: from one moment on, its VMs together get a share of the CPU time
 * that they took before. Closing it ends the pressure.
 */
final class Pressure implements AutoCloseable {
  private static final long LOOK_MS = 4_000;

  private final Lab lab;
  private final String node;
  private final Contention contention;

  Pressure(Lab lab, String node, Contention contention) {
    this.lab = lab;
    this.node = node;
    this.contention = contention;
  }

  static Pressure none() {
    return new Pressure(null, null, Contention.NONE);
  }

  /** Looks for some seconds at what the VMs take; what comes back lets the pressure begin. */
  Onset prepare() throws IOException, InterruptedException {
    if (contention == Contention.NONE) {
      return () -> {};
    }
    long cpuMs = lab.cpuMs(node);
    long begun = System.nanoTime();
    Thread.sleep(LOOK_MS);
    long tookMs = (System.nanoTime() - begun) / 1_000_000;
    long percent = (lab.cpuMs(node) - cpuMs) * contention.share() / tookMs;
    return () -> lab.squeeze(node, Math.max(1, percent));
  }

  /** Lets the pressure begin, at once. */
  interface Onset {
    void begin() throws IOException;
  }

  @Override
  public void close() throws IOException {
    if (contention != Contention.NONE) {
      lab.letGo(node);
    }
  }
}
