package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.VmUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The most CPU that each VM of a node took within the last seconds. Once CPUs are short a fair
 * scheduler gives all VMs alike: which of them want more is only seen in what they took before.
 */
final class RecentUsage {
  private static final Duration KEPT = Duration.ofSeconds(15);

  private final Map<String, Deque<Taken>> byVm = new HashMap<>();

  private record Taken(int cpuMilli, Instant at) {}

  /** The same report, but with the most that each VM has lately taken. */
  PressureReport with(PressureReport report, Instant now) {
    PressureReport.Builder recent = report.toBuilder().clearVms();
    Map<String, Deque<Taken>> before = new HashMap<>(byVm);
    byVm.clear(); // of VMs that have left nothing is kept
    for (VmUsage vm : report.getVmsList()) {
      String name = vm.getNamespace() + "/" + vm.getName();
      Deque<Taken> taken = before.getOrDefault(name, new ArrayDeque<>());
      taken.removeIf(it -> it.at.isBefore(now.minus(KEPT)));
      taken.add(new Taken(vm.getCpuMilli(), now));
      byVm.put(name, taken);
      int most = taken.stream().mapToInt(Taken::cpuMilli).max().getAsInt();
      recent.addVms(vm.toBuilder().setCpuMilli(most));
    }
    return recent.build();
  }
}
