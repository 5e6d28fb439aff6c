package io.hotfoot.lab.pressure;

import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Lab;
import java.io.IOException;

/**
 * A neighbour reads a file at random, of which a quarter still fits beside the VMs once the node's
 * memory is squeezed: it is read from disk again and again. Closing it ends both.
 */
public final class MemoryPressure implements Pressure {
  private static final int FILE_MIB = 256;

  private final Cluster cluster;
  private final Lab lab;
  private final String node;
  private final String namespace;
  private Neighbour neighbour;

  public MemoryPressure(Cluster cluster, Lab lab, String node, String namespace) {
    this.cluster = cluster;
    this.lab = lab;
    this.node = node;
    this.namespace = namespace;
  }

  @Override
  public Onset prepare() {
    neighbour = Neighbour.reading(cluster, node, namespace, FILE_MIB);
    return () -> lab.limitPageCache(node, FILE_MIB / 4);
  }

  @Override
  public void close() throws IOException {
    lab.letPageCacheGrow(node);
    if (neighbour != null) {
      neighbour.close();
    }
  }
}
