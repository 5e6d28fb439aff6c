package io.hotfoot.operator.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.operator.pressure.SimulatedCluster.Rule;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Random clusters under random load, half an hour each: the same for every rule of choosing a VM.
 */
class ReliefSimulationTest {
  private static final int CLUSTERS = 50;

  @Test
  void ourRuleLosesTheLeastWork() {
    Map<Rule, Double> lost = new EnumMap<>(Rule.class);
    for (Rule rule : Rule.values()) {
      double sum = 0;
      for (int seed = 0; seed < CLUSTERS; seed++) {
        SimulatedCluster cluster = new SimulatedCluster(seed, rule);
        cluster.run();
        sum += cluster.lostCpuSeconds();
      }
      lost.put(rule, sum / CLUSTERS);
    }
    for (Rule other : Rule.values()) {
      assertThat(lost.get(Rule.OURS))
          .as("CPU-seconds lost in half an hour by each rule: %s", lost)
          .isLessThanOrEqualTo(lost.get(other));
    }
  }

  @Test
  void budgetsProtectionAndCoolDownsAlwaysHold() {
    int evictions = 0;
    for (int seed = 0; seed < CLUSTERS; seed++) {
      SimulatedCluster cluster = new SimulatedCluster(seed, Rule.OURS);
      cluster.run();
      assertThat(cluster.broken()).as("seed %d", seed).isEmpty();
      evictions += cluster.evictions();
    }
    assertThat(evictions).isGreaterThan(CLUSTERS);
  }
}
