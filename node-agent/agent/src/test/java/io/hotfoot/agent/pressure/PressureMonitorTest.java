package io.hotfoot.agent.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotfoot.agent.hints.HintMemory;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.PressureResource;
import io.hotfoot.agent.v1.PressureTrigger;
import io.hotfoot.agent.v1.WatchPressureRequest;
import io.hotfoot.agent.vm.VmLocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PressureMonitorTest {
  private static final long SECOND = 1_000_000_000;
  private static final PressureTrigger HALF_OF_A_SECOND =
      PressureTrigger.newBuilder()
          .setResource(PressureResource.PRESSURE_CPU)
          .setThresholdPercent(50)
          .setWindowMs(1000)
          .build();

  @TempDir Path folder;
  private final AtomicLong now = new AtomicLong();
  private Path proc;

  @BeforeEach
  void fill() throws IOException {
    proc = folder.resolve("proc");
    Files.createDirectories(proc.resolve("pressure"));
    Files.createDirectories(folder.resolve("pods"));
    available(6_000_000);
    stalled(0);
  }

  private void stalled(long micros) throws IOException {
    Files.writeString(
        proc.resolve("pressure/cpu"),
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=%d\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n"
            .formatted(micros));
  }

  private void available(long kib) throws IOException {
    Files.writeString(
        proc.resolve("meminfo"),
        """
        MemTotal:        8000000 kB
        MemFree:          500000 kB
        MemAvailable:    %d kB
        Inactive(file):   524288 kB
        """
            .formatted(kib));
  }

  private PressureMonitor monitor(PressureTrigger... triggers) {
    return new PressureMonitor(
        WatchPressureRequest.newBuilder().addAllTriggers(List.of(triggers)).build(),
        new NodeProc(proc),
        new VmLocator(folder.resolve("pods")),
        new HintMemory(false, folder),
        now::get);
  }

  @Test
  void reportsAtOnceAndThenEverySecond() throws IOException {
    PressureMonitor monitor = monitor(HALF_OF_A_SECOND);
    PressureReport first = monitor.look().orElseThrow();
    assertThat(first.getMemoryTotal()).isEqualTo(8_000_000L << 10);
    assertThat(first.getMemoryAvailable()).isEqualTo(6_000_000L << 10);
    now.set(SECOND / 2);
    assertThat(monitor.look()).isEmpty();
    now.set(SECOND);
    assertThat(monitor.look()).isPresent();
  }

  @Test
  void reportsAtOnceThatATriggerHolds() throws IOException {
    PressureMonitor monitor = monitor(HALF_OF_A_SECOND);
    monitor.look();
    now.set(SECOND);
    monitor.look();
    now.set(SECOND + SECOND / 10);
    stalled(700_000);
    PressureReport report = monitor.look().orElseThrow();
    assertThat(report.getTriggers(0).getHolds()).isTrue();
    assertThat(report.getTriggers(0).getPercent()).isEqualTo(63);
  }

  @Test
  void tellsFreeMemoryBelowItsFloor() throws IOException {
    PressureMonitor monitor =
        monitor(
            PressureTrigger.newBuilder()
                .setResource(PressureResource.PRESSURE_MEMORY)
                .setAvailableBelow(1L << 30)
                .build());
    assertThat(monitor.look().orElseThrow().getTriggers(0).getHolds()).isFalse();
    available(1_000_000);
    assertThat(monitor.look().orElseThrow().getTriggers(0).getHolds()).isTrue();
  }

  @Test
  void tellsHowNearKubeletIsToEvicting() throws IOException {
    kubelet("evictionHard: {memory.available: 500Mi}");
    // 500,000 KiB + 512 MiB are free for kubelet: about 500 MiB above its threshold.
    assertThat(holds(kubeletMargin(400L << 20))).isFalse();
    assertThat(holds(kubeletMargin(600L << 20))).isTrue();
  }

  private PressureTrigger kubeletMargin(long bytes) {
    return PressureTrigger.newBuilder()
        .setResource(PressureResource.PRESSURE_MEMORY)
        .setKubeletMargin(bytes)
        .build();
  }

  private boolean holds(PressureTrigger trigger) throws IOException {
    return monitor(trigger).look().orElseThrow().getTriggers(0).getHolds();
  }

  private void kubelet(String config) throws IOException {
    Path kubelet = Files.createDirectories(proc.resolve("77"));
    Files.writeString(kubelet.resolve("comm"), "kubelet\n");
    Files.writeString(kubelet.resolve("cmdline"), "/usr/bin/kubelet\0--config=/etc/k.yaml\0");
    Files.writeString(
        Files.createDirectories(kubelet.resolve("root/etc")).resolve("k.yaml"), config);
  }

  @Test
  void saysThatNoKubeletIsThere() throws IOException {
    assertThat(
            monitor(kubeletMargin(1L << 30)).look().orElseThrow().getTriggers(0).getUnavailable())
        .contains("no process named kubelet")
        .contains("availableBelow");
  }

  @Test
  void tellsWhatIsReadBackFromSwap() throws IOException {
    PressureMonitor monitor =
        monitor(
            PressureTrigger.newBuilder()
                .setResource(PressureResource.PRESSURE_MEMORY)
                .setSwapInAbove(10L << 20)
                .setWindowMs(1000)
                .build());
    swapped(1_000_000);
    monitor.look();
    now.set(SECOND);
    swapped(1_002_560); // exactly 10 MiB in a second
    assertThat(monitor.look().orElseThrow().getTriggers(0).getHolds()).isFalse();
    now.set(2 * SECOND);
    swapped(1_005_200);
    assertThat(monitor.look().orElseThrow().getTriggers(0).getHolds()).isTrue();
  }

  private void swapped(long pages) throws IOException {
    Files.writeString(proc.resolve("vmstat"), "pgpgin 7\npswpin %d\npswpout 9\n".formatted(pages));
  }

  @Test
  void saysThatTheKernelCountsNoPressure() throws IOException {
    Files.delete(proc.resolve("pressure/cpu"));
    assertThat(monitor(HALF_OF_A_SECOND).look().orElseThrow().getTriggers(0).getUnavailable())
        .contains("psi=1");
  }

  @ParameterizedTest
  @CsvSource({
    "PRESSURE_UNSPECIFIED, 50, 1000, 0, resource",
    "PRESSURE_CPU, 0, 1000, 0, threshold_percent",
    "PRESSURE_CPU, 101, 1000, 0, threshold_percent",
    "PRESSURE_IO, 50, 999, 0, window_ms",
    "PRESSURE_IO, 50, 600001, 0, window_ms",
    "PRESSURE_CPU, 0, 0, 5, available_below"
  })
  void refusesWhatIsOutOfRange(
      PressureResource resource, int percent, int windowMs, long below, String named) {
    PressureTrigger trigger =
        PressureTrigger.newBuilder()
            .setResource(resource)
            .setThresholdPercent(percent)
            .setWindowMs(windowMs)
            .setAvailableBelow(below)
            .build();
    assertThatThrownBy(() -> monitor(trigger))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }

  @Test
  void refusesNoTriggersAndTooMany() {
    assertThatThrownBy(this::monitor).hasMessageContaining("triggers: expected 1 to 8");
    PressureTrigger[] nine = new PressureTrigger[9];
    Arrays.fill(nine, HALF_OF_A_SECOND);
    assertThatThrownBy(() -> monitor(nine)).hasMessageContaining("triggers: expected 1 to 8");
  }
}
