package io.hotfoot.agent.pressure;

import io.hotfoot.agent.hints.HintMemory;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.agent.vm.RunningVm;
import io.hotfoot.agent.vm.VmId;
import io.hotfoot.agent.vm.VmLocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the VMs of this node use, since the last look. */
final class VmUsages {
  private final VmLocator locator;
  private final HintMemory hints;
  private final Map<String, Meter> byPod = new HashMap<>();

  VmUsages(VmLocator locator, HintMemory hints) {
    this.locator = locator;
    this.hints = hints;
  }

  /** A VM and what it had used by the last look. */
  private static final class Meter {
    private final RunningVm vm;
    private final VmProc proc;
    private VmProc.Totals last;
    private long lastNanos;

    Meter(RunningVm vm) {
      this.vm = vm;
      this.proc = new VmProc(vm.qemu());
    }

    VmUsage.Builder read(long nanos) throws IOException {
      VmProc.Totals now = proc.totals();
      VmProc.Totals before = last == null ? now : last;
      long elapsed = Math.max(1, nanos - lastNanos);
      last = now;
      lastNanos = nanos;
      return VmUsage.newBuilder()
          .setNamespace(vm.id().namespace())
          .setName(vm.id().name())
          .setResidentBytes(now.residentBytes())
          .setCpuMilli((int) in(elapsed, 1000, now.cpuNanos() - before.cpuNanos()))
          .setCpuWaitMilli((int) in(elapsed, 1000, now.cpuWaitNanos() - before.cpuWaitNanos()))
          .setIoBytes(in(elapsed, 1_000_000_000, now.ioBytes() - before.ioBytes()))
          .setMemoryStalledPercent((int) in(elapsed, 100_000, stalled(now) - stalled(before)))
          .setMemoryStallsUncounted(now.memoryStalledMicros().isEmpty());
    }

    private static long stalled(VmProc.Totals totals) {
      return totals.memoryStalledMicros().orElse(0);
    }

    private static long in(long elapsed, long unit, long grown) {
      return Math.clamp(Math.round((double) grown * unit / elapsed), 0, Integer.MAX_VALUE);
    }
  }

  /**
   * @param nanos a clock that only goes forward, ns
   */
  List<VmUsage> look(long nanos) throws IOException {
    List<String> pods = locator.podUids();
    byPod.keySet().retainAll(pods);
    byPod.values().removeIf(it -> !it.vm.qemu().isAlive());
    List<VmUsage> usages = new ArrayList<>();
    for (String pod : pods) {
      Meter meter = byPod.get(pod);
      if (meter == null) {
        Optional<RunningVm> vm = locator.runningIn(pod);
        if (vm.isEmpty()) {
          continue;
        }
        meter = new Meter(vm.get());
        byPod.put(pod, meter);
      }
      try {
        usages.add(meter.read(nanos).setHintedBytes(hints.hintedBytes(pod)).build());
      } catch (IOException e) {
        // it has ended meanwhile
      }
    }
    return usages;
  }

  /** Those of the last look. */
  List<VmId> vms() {
    return byPod.values().stream().map(it -> it.vm.id()).toList();
  }
}
