package io.hotfoot.lab.pressure;

import io.hotfoot.lab.Cluster;

/**
 * A neighbour takes the CPU time of a node's VMs. In a lab whose guests have a CPU of their own
 * ({@code steady}) it takes nobody else's.
 */
public final class CpuPressure implements Pressure {
  private final Cluster cluster;
  private final String node;
  private final String namespace;
  private Neighbour neighbour;

  public CpuPressure(Cluster cluster, String node, String namespace) {
    this.cluster = cluster;
    this.node = node;
    this.namespace = namespace;
  }

  @Override
  public Onset prepare() {
    return () -> neighbour = Neighbour.burningBesideVms(cluster, node, namespace);
  }

  @Override
  public void close() {
    if (neighbour != null) {
      neighbour.close();
    }
  }
}
