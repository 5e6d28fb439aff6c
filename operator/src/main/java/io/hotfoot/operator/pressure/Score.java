package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.PressureTrigger.Resource;

/**
 * How much a VM's leaving helps, by the time that it takes: relief per second of predicted eviction
 * time. Relief is what the VM takes of the short resource: CPUs, or GiB of memory; nobody tells an
 * I/O share by VM, so for io all count as one. The prediction takes a link of {@value #LINK_BYTES}
 * bytes a second, since its free rate is not known before: that ranks alike on any link unless the
 * set-up time dominates.
 */
final class Score {
  private static final double GIB = 1L << 30;
  private static final double SETUP_SECONDS = 3;
  private static final double LINK_BYTES = 125e6;

  private Score() {}

  static double of(Candidate vm, Resource shortOf) {
    double relief =
        switch (shortOf) {
          case cpu -> vm.cpuMilli() / 1000.0;
          case memory -> vm.residentBytes() / GIB;
          case io -> 1;
        };
    return relief / seconds(vm);
  }

  static double seconds(Candidate vm) {
    return SETUP_SECONDS + vm.bytesUntilFast() / LINK_BYTES;
  }
}
