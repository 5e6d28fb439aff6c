package io.hotfoot.lab.chaos;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * What one run injects, and when: told by its seed alone. Seeds that follow each other take the
 * faults in turn.
 *
 * @param step that the eviction must have reached
 * @param delayMs how long after that, ms
 * @param lastsMs how long the fault lasts, ms
 * @param random draws the rest
 */
record ChaosPlan(
    long seed, Fault fault, EvictionPhase step, int delayMs, int lastsMs, RandomGenerator random) {
  private static final int SHORTEST_MS = 2_000;
  private static final int LONGEST_MS = 8_000;

  static ChaosPlan of(long seed, List<Fault> faults) {
    var random = new Random(seed);
    var fault = faults.get(Math.floorMod(seed, faults.size()));
    var steps = fault.steps().stream().sorted().toList();
    var step = steps.get(random.nextInt(steps.size()));
    int delayMs = random.nextInt(longestDelayMs(step));
    int lastsMs = random.nextInt(SHORTEST_MS, LONGEST_MS);
    return new ChaosPlan(
        seed, fault, step, delayMs, fault.lastsMs() > 0 ? fault.lastsMs() : lastsMs, random);
  }

  /** About as long as the step itself is, with a small guest. */
  private static int longestDelayMs(EvictionPhase step) {
    return switch (step) {
      case Migrating -> 3_000;
      case PostCopy, Draining -> 1_500;
      default -> 150;
    };
  }
}
