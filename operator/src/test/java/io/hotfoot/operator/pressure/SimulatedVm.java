package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.VMEviction;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A VM whose load wanders about what is usual for it, and at times stays far above that. */
final class SimulatedVm {
  static final String NAMESPACE = "shop";
  private static final long GIB = 1L << 30;
  private static final double BURSTS = 0.002;
  private static final double BURST_ENDS = 0.02;
  private static final double LOAD_MAX = 4;

  final String name;
  final long bytes;
  final boolean isProtected;

  /** Share of its memory that is hot; 1 where nobody knows. */
  final double hot;

  /** When it left which node. */
  final Map<String, Instant> left = new HashMap<>();

  String node;
  double load;
  VMEviction eviction;
  private final double usualLoad;
  private double burst;

  SimulatedVm(String name, int nodes, Random random) {
    this.name = name;
    bytes = (1 + random.nextInt(32)) * GIB;
    isProtected = random.nextInt(10) == 0;
    hot = random.nextBoolean() ? 1 : 0.05 + 0.3 * random.nextDouble();
    node = "n" + random.nextInt(nodes);
    usualLoad = random.nextDouble() * 2;
    load = usualLoad;
  }

  void wander(Random random) {
    if (burst == 0 && random.nextDouble() < BURSTS) {
      burst = 1 + 2 * random.nextDouble();
    } else if (burst > 0 && random.nextDouble() < BURST_ENDS) {
      burst = 0;
    }
    double back = (usualLoad + burst - load) * 0.1;
    load = Math.clamp(load + back + random.nextGaussian() * 0.1, 0.02, LOAD_MAX);
  }

  /** Its memory follows it: it gets nothing done. */
  boolean isStarved() {
    return eviction != null;
  }

  /**
   * @param share of the CPU time that it wants which it gets
   */
  VmUsage usage(double share) {
    return VmUsage.newBuilder()
        .setNamespace(NAMESPACE)
        .setName(name)
        .setCpuMilli((int) (load * share * 1000))
        .setCpuWaitMilli((int) (load * (1 - share) * 1000))
        .setResidentBytes(bytes)
        .build();
  }
}
