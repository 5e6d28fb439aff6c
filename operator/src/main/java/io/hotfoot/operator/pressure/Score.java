package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.PressureTrigger.Resource;
import java.util.Locale;

/**
 * How much a VM's leaving helps, by the time that it takes: relief per second of predicted eviction
 * time. Relief is what the VM takes of the short resource, so that others can have it, and what it
 * waits for itself, which it will find elsewhere: CPUs, GiB of memory, or MiB a second of I/O.
 *
 * @param linkBytes what the link to other nodes carries, bytes a second
 */
record Score(Resource shortOf, double linkBytes) {
  /** Taken where no eviction from the node has shown what its link carries: 1 Gbit/s. */
  static final double USUAL_LINK_BYTES = 125e6;

  private static final double GIB = 1L << 30;
  private static final double MIB = 1L << 20;
  private static final double SETUP_SECONDS = 3;

  double of(Candidate vm) {
    return relief(vm) / seconds(vm);
  }

  private double relief(Candidate vm) {
    return switch (shortOf) {
      case cpu -> vm.wantedCpuMilli() / 1000.0;
      case memory -> vm.residentBytes() / GIB * (1 + vm.usage().getMemoryStalledPercent() / 100.0);
      case io -> vm.usage().getIoBytes() / MIB;
    };
  }

  /** Until it is fast again. */
  private double seconds(Candidate vm) {
    return SETUP_SECONDS + vm.bytesUntilFast() / linkBytes;
  }

  /** For people: "0.181 a second (900 mCPU and 300 waited for, 1024 MiB, fast again after 5 s)". */
  String tell(Candidate vm) {
    return String.format(
        Locale.ROOT,
        "%.3f a second (%d mCPU and %d waited for, %d MiB, %s, fast again after %.0f s)",
        of(vm),
        vm.usage().getCpuMilli(),
        vm.usage().getCpuWaitMilli(),
        vm.residentBytes() >> 20,
        "%.1f MiB/s of I/O".formatted(vm.usage().getIoBytes() / MIB),
        seconds(vm));
  }
}
