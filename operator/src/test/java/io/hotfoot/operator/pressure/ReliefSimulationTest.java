package io.hotfoot.operator.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random clusters under random load, half an hour each: the same for every rule of choosing a VM.
 * {@code -Dclusters} says how many.
 */
class ReliefSimulationTest {
  private static final int CLUSTERS = Integer.getInteger("clusters", 1000);
  private static final Map<Rule, Figures> FIGURES = new EnumMap<>(Rule.class);

  /**
   * Of one rule, a cluster on average.
   *
   * @param lost CPU-seconds that VMs wanted and did not get
   * @param pressed node-seconds under pressure
   */
  private record Figures(
      double lost, double pressed, double evictions, double pingPongs, List<String> broken) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%6.0f CPU-s lost, %5.0f s pressed, %5.2f evictions, %.3f ping-pongs",
          lost,
          pressed,
          evictions,
          pingPongs);
    }
  }

  @BeforeAll
  static void runAll() {
    for (Rule rule : Rule.values()) {
      List<SimulatedCluster> clusters =
          LongStream.range(0, CLUSTERS)
              .parallel()
              .mapToObj(seed -> new SimulatedCluster(seed, rule).run())
              .toList();
      FIGURES.put(
          rule,
          new Figures(
              mean(clusters.stream().mapToDouble(SimulatedCluster::lostCpuSeconds).sum()),
              mean(clusters.stream().mapToLong(SimulatedCluster::pressedSeconds).sum()),
              mean(clusters.stream().mapToInt(SimulatedCluster::evictions).sum()),
              mean(clusters.stream().mapToInt(SimulatedCluster::pingPongs).sum()),
              clusters.stream().flatMap(it -> it.broken().stream()).distinct().toList()));
      System.out.printf("%-12s %s%n", rule, FIGURES.get(rule));
    }
  }

  private static double mean(double sum) {
    return sum / CLUSTERS;
  }

  @Test
  void ourRuleLosesTheLeastWork() {
    assertThat(FIGURES.values())
        .allSatisfy(it -> assertThat(FIGURES.get(Rule.OURS).lost).isLessThanOrEqualTo(it.lost));
  }

  @Test
  void noRuleKeepsNodesPressedForLess() {
    assertThat(FIGURES.values())
        .allSatisfy(
            it -> assertThat(FIGURES.get(Rule.OURS).pressed).isLessThanOrEqualTo(it.pressed));
  }

  @Test
  void budgetsProtectionAndCoolDownsAlwaysHold() {
    assertThat(FIGURES.get(Rule.OURS).broken).isEmpty();
    assertThat(FIGURES.get(Rule.OURS).evictions).isGreaterThan(1);
  }
}
