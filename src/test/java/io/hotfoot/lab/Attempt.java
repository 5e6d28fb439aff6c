package io.hotfoot.lab;

import io.hotfoot.lab.BenchResult.BenchWay;
import io.hotfoot.lab.Result.WayResult;
import java.util.List;

/**
 * One way tried beside a neighbour that stays.
 *
 * @param run of the VM that leaves
 * @param neighbour what the VM that stays got done meanwhile
 */
record Attempt(Run run, Throughput neighbour) {

  /** The same run, but with what both VMs got done together. */
  Run aggregate() {
    return new Run(run.way(), run.moments(), run.throughput().plus(neighbour), run.hints());
  }

  /**
   * @param way the run's own figures
   * @param spanS over which work counts as lost, seconds from the onset
   */
  BenchWay figures(WayResult way, double spanS) {
    long onset = run.moments().requested();
    double neighbourLost = WorkLost.vmSeconds(List.of(neighbour), onset, spanS);
    double lost = neighbourLost + WorkLost.vmSeconds(List.of(run.throughput()), onset, spanS);
    double left = run.moments().arrived() ? (run.moments().switched() - onset) / 1000.0 : spanS;
    return new BenchWay(
        way, Figures.round(lost, 2), Figures.round(neighbourLost, 2), Figures.round(left, 2));
  }
}
