package io.hotfoot.lab.pressure;

import io.hotfoot.lab.Lab;
import java.io.IOException;

/**
 * From one moment on, a node's VMs together get a share of the CPU time that they took before.
 * Closing it ends the pressure.
 */
public final class Squeeze implements Pressure {
  private final Lab lab;
  private final String node;
  private final Contention contention;

  public Squeeze(Lab lab, String node, Contention contention) {
    this.lab = lab;
    this.node = node;
    this.contention = contention;
  }

  @Override
  public Onset prepare() throws IOException, InterruptedException {
    if (contention == Contention.NONE) {
      return () -> {};
    }
    long percent = lab.cpuPercent(node) * contention.share() / 100;
    return () -> lab.squeeze(node, Math.max(1, percent));
  }

  @Override
  public void close() throws IOException {
    if (contention != Contention.NONE) {
      lab.letGo(node);
    }
  }
}
