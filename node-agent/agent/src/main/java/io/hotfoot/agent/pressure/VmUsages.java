package io.hotfoot.agent.pressure;

import io.hotfoot.agent.sys.ResidentMemory;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.agent.vm.RunningVm;
import io.hotfoot.agent.vm.VmLocator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the VMs of this node use, since the last look. */
final class VmUsages {
  private final VmLocator locator;
  private final Map<String, Known> byPod = new HashMap<>();

  VmUsages(VmLocator locator) {
    this.locator = locator;
  }

  /** A VM and its CPU time at the last look. */
  private static final class Known {
    private final RunningVm vm;
    private long cpuNanos;
    private long nanos;

    Known(RunningVm vm) {
      this.vm = vm;
    }

    /** Thousandths of a CPU since the last look; 0 at the first. */
    int cpuMilli(long now) {
      long cpu = vm.qemu().info().totalCpuDuration().map(Duration::toNanos).orElse(cpuNanos);
      long milli = nanos == 0 || now == nanos ? 0 : (cpu - cpuNanos) * 1000 / (now - nanos);
      cpuNanos = cpu;
      nanos = now;
      return Math.clamp(milli, 0, Integer.MAX_VALUE);
    }
  }

  /**
   * @param nanos a clock that only goes forward, ns
   */
  List<VmUsage> look(long nanos) throws IOException {
    List<String> pods = locator.podUids();
    byPod.keySet().retainAll(pods);
    byPod.values().removeIf(known -> !known.vm.qemu().isAlive());
    List<VmUsage> usages = new ArrayList<>();
    for (String pod : pods) {
      Known known = byPod.get(pod);
      if (known == null) {
        Optional<RunningVm> vm = locator.runningIn(pod);
        if (vm.isEmpty()) {
          continue;
        }
        known = new Known(vm.get());
        byPod.put(pod, known);
      }
      usage(known, nanos).ifPresent(usages::add);
    }
    return usages;
  }

  private static Optional<VmUsage> usage(Known known, long nanos) {
    try {
      return Optional.of(
          VmUsage.newBuilder()
              .setNamespace(known.vm.namespace())
              .setName(known.vm.name())
              .setCpuMilli(known.cpuMilli(nanos))
              .setResidentBytes(ResidentMemory.of((int) known.vm.qemu().pid()))
              .build());
    } catch (IOException e) {
      return Optional.empty(); // it has ended meanwhile
    }
  }
}
