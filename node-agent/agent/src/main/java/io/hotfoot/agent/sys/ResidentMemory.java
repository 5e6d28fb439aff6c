package io.hotfoot.agent.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory a process has, by {@code /proc/<pid>/status} (proc_pid_status(5)). */
public final class ResidentMemory {
  private ResidentMemory() {}

  /** Bytes. */
  public static long of(int pid) throws IOException {
    return field(pid, "VmRSS:");
  }

  /** With what of it is swapped out, bytes. */
  public static long withSwapped(int pid) throws IOException {
    return field(pid, "VmRSS:") + field(pid, "VmSwap:");
  }

  private static long field(int pid, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", "" + pid, "status"))) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.substring(field.length()).replace("kB", "").strip()) * 1024;
      }
    }
    throw new IOException("process " + pid + " has no memory: it is ending");
  }
}
