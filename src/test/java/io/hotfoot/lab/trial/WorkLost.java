package io.hotfoot.lab.trial;

import static io.hotfoot.lab.trial.Figures.LEVEL_MS;

import io.hotfoot.lab.guest.Throughput;
import java.util.Collection;

/**
 * The paper's measure: the area between the full aggregate throughput of all VMs and what it was,
 * from the onset of pressure on. One VM standing still for a second is one VM-second.
 */
final class WorkLost {
  private WorkLost() {}

  /**
   * @param vms what each VM got done, of equal weight; a VM's full throughput is its mean over the
   *     10 s before the onset
   * @param onsetMs wall clock, ms since 1970
   * @param spanS how long to look, seconds; what lies beyond a VM's record counts as undisturbed
   * @return VM-seconds
   */
  static double vmSeconds(Collection<Throughput> vms, long onsetMs, double spanS) {
    return vms.stream().mapToDouble(vm -> lost(vm, onsetMs, spanS)).sum();
  }

  private static double lost(Throughput vm, long onsetMs, double spanS) {
    double full = vm.rate(onsetMs - LEVEL_MS, onsetMs);
    double untilMs = Math.min(onsetMs + spanS * 1000, vm.lastMs());
    return (untilMs - onsetMs) / 1000 * (1 - vm.rate(onsetMs, untilMs) / full);
  }
}
