package io.hotfoot.operator.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.VmUsage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentUsageTest {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

  private final RecentUsage recent = new RecentUsage();

  private static PressureReport report(int busyMilli, int quietMilli) {
    return PressureReport.newBuilder()
        .setMemoryTotal(1 << 20)
        .addVms(vm("busy", busyMilli))
        .addVms(vm("quiet", quietMilli))
        .build();
  }

  private static VmUsage vm(String name, int cpuMilli) {
    return VmUsage.newBuilder()
        .setNamespace("shop")
        .setName(name)
        .setCpuMilli(cpuMilli)
        .setCpuWaitMilli(7)
        .build();
  }

  private List<Integer> taken(int second, int busyMilli, int quietMilli) {
    return recent
        .with(report(busyMilli, quietMilli), START.plusSeconds(second))
        .getVmsList()
        .stream()
        .map(VmUsage::getCpuMilli)
        .toList();
  }

  @Test
  void tellsWhoWasBusyWhenAllAreStarvedAlike() {
    assertThat(taken(0, 450, 100)).containsExactly(450, 100);
    assertThat(taken(1, 470, 90)).containsExactly(470, 100);
    assertThat(taken(2, 50, 50)).containsExactly(470, 100);
  }

  @Test
  void forgetsAfterAWhile() {
    taken(0, 450, 100);
    assertThat(taken(15, 50, 50)).containsExactly(450, 100);
    assertThat(taken(16, 50, 50)).containsExactly(50, 50);
  }

  @Test
  void leavesAllElseAsItIs() {
    assertThat(recent.with(report(450, 100), START)).isEqualTo(report(450, 100));
  }

  @Test
  void knowsNothingOfAVmThatWasGone() {
    taken(0, 450, 100);
    recent.with(PressureReport.getDefaultInstance(), START.plusSeconds(1));
    assertThat(taken(2, 50, 50)).containsExactly(50, 50);
  }
}
