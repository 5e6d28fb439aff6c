package io.hotfoot.lab.trial;

import io.hotfoot.lab.guest.Throughput;
import io.hotfoot.lab.trial.BenchResult.BenchWay;
import io.hotfoot.lab.trial.Result.WayResult;
import java.util.List;

/**
 * One way tried beside VMs that stay.
 *
 * @param run of the VM that leaves
 * @param stayed what each VM that stays got done meanwhile
 */
public record Attempt(Run run, List<Throughput> stayed) {
  /** Operations a second that stand for one VM at its full speed. */
  static final int FULL = 1000;

  /** The same run, but with what all VMs got done together, of equal weight. */
  public Run aggregate() {
    var together = atFull(run.throughput());
    for (var one : stayed) {
      together = together.plus(atFull(one));
    }
    return new Run(run.way(), run.moments(), together, run.hints());
  }

  private Throughput atFull(Throughput one) {
    long onset = run.moments().requested();
    return one.times(FULL / one.rate(onset - Figures.LEVEL_MS, onset));
  }

  /**
   * How fast all VMs together were before the VM's execution moved, of their full speed, 0 to 1.
   */
  double pressedShare() {
    var moments = run.moments();
    return share(moments.requested(), moments.arrived() ? moments.switched() : lastMs());
  }

  /** The same over the last 10 s that were seen. */
  double lastShare() {
    return share(lastMs() - Figures.LEVEL_MS, lastMs());
  }

  private long lastMs() {
    return aggregate().throughput().lastMs();
  }

  private double share(long fromMs, long untilMs) {
    return aggregate().throughput().rate(fromMs, untilMs) / (FULL * (1 + stayed.size()));
  }

  /**
   * @param way the run's own figures
   * @param spanS over which work counts as lost, seconds from the onset
   */
  public BenchWay figures(WayResult way, double spanS) {
    long onset = run.moments().requested();
    double neighbourLost = WorkLost.vmSeconds(stayed, onset, spanS);
    double lost = neighbourLost + WorkLost.vmSeconds(List.of(run.throughput()), onset, spanS);
    double left = run.moments().arrived() ? (run.moments().switched() - onset) / 1000.0 : spanS;
    return new BenchWay(
        way, Figures.round(lost, 2), Figures.round(neighbourLost, 2), Figures.round(left, 2));
  }
}
