package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.eviction.Eviction;
import java.util.stream.Stream;

/** The other VMEvictions. */
class Evictions {
  private final Cluster cluster;

  Evictions(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Those of the same VM. */
  Stream<VMEviction> rivals(Eviction mine) {
    return others(mine, cluster.evictionsOf(mine.namespace(), mine.spec().vmiName()).stream());
  }

  /** Those that have not begun. */
  Stream<VMEviction> waiting(Eviction mine) {
    return others(mine, cluster.evictionsIn(EvictionPhase.Pending).stream());
  }

  private static Stream<VMEviction> others(Eviction mine, Stream<VMEviction> all) {
    return all.filter(it -> !it.getMetadata().getUid().equals(mine.uid()));
  }
}
