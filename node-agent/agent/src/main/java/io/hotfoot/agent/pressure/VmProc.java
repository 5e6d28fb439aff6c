package io.hotfoot.agent.pressure;

import io.hotfoot.agent.sys.ResidentMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What {@code /proc} tells of a VM's QEMU. Needs CAP_SYS_PTRACE. */
final class VmProc {
  private final ProcessHandle qemu;
  private final Path process;

  VmProc(ProcessHandle qemu) {
    this.qemu = qemu;
    this.process = Path.of("/proc", "" + qemu.pid());
  }

  /**
   * Since it started.
   *
   * @param cpuNanos in which its threads ran
   * @param cpuWaitNanos in which they could have run, and waited for a CPU
   *     (Documentation/scheduler/sched-stats.rst)
   * @param ioBytes read from and written to storage
   * @param memoryStalledMicros in which some task of its container waited for memory; empty where
   *     its cgroup does not count that
   * @param residentBytes at the moment
   */
  record Totals(
      long cpuNanos,
      long cpuWaitNanos,
      long ioBytes,
      OptionalLong memoryStalledMicros,
      long residentBytes) {}

  /**
   * @throws IOException if it has ended
   */
  Totals totals() throws IOException {
    long ran = qemu.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    long waited = 0;
    for (Path thread : threads()) {
      waited += waited(thread);
    }
    return new Totals(
        ran, waited, io(), memoryStalled(process), ResidentMemory.of((int) qemu.pid()));
  }

  private List<Path> threads() throws IOException {
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      return threads.toList();
    }
  }

  private static long waited(Path thread) {
    try {
      return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[1]);
    } catch (IOException e) {
      return 0; // it has ended meanwhile, or the kernel keeps no such statistics
    }
  }

  private long io() throws IOException {
    long bytes = 0;
    for (String line : Files.readAllLines(process.resolve("io"))) {
      if (line.startsWith("read_bytes: ") || line.startsWith("write_bytes: ")) {
        bytes += Long.parseLong(line.substring(line.indexOf(' ') + 1));
      }
    }
    return bytes;
  }

  /** The container sees its own cgroup, where that is a cgroup2, as the whole. */
  static OptionalLong memoryStalled(Path process) {
    Path pressure = process.resolve("root/sys/fs/cgroup/memory.pressure");
    try {
      return OptionalLong.of(StallFile.micros(pressure, "some "));
    } catch (IOException e) {
      return OptionalLong.empty(); // there is no such file, or it is switched off
    }
  }
}
