package io.hotfoot.lab.pressure;

import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Lab;
import java.io.IOException;

/**
 * A node has half as much CPU time again as its VMs take, until a neighbour starts to burn it.
 * Closing it ends the neighbour and gives the node all that the machine has.
 */
public final class CpuPressure implements Pressure {
  /** Of what the VMs take; the neighbour then gets about a half of it. */
  private static final int SHARE_PERCENT = 150;

  private final Cluster cluster;
  private final Lab lab;
  private final String node;
  private final String namespace;
  private Neighbour neighbour;

  public CpuPressure(Cluster cluster, Lab lab, String node, String namespace) {
    this.cluster = cluster;
    this.lab = lab;
    this.node = node;
    this.namespace = namespace;
  }

  @Override
  public Onset prepare() throws IOException, InterruptedException {
    lab.squeeze(node, Math.max(1, lab.cpuPercent(node) * SHARE_PERCENT / 100));
    return () -> neighbour = Neighbour.burningLikeAVm(cluster, node, namespace);
  }

  @Override
  public void close() throws IOException {
    if (neighbour != null) {
      neighbour.close();
    }
    lab.letGo(node);
  }
}
