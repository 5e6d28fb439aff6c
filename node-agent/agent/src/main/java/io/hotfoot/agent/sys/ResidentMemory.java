package io.hotfoot.agent.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory a process has: VmRSS in {@code /proc/<pid>/status} (proc_pid_status(5)). */
public final class ResidentMemory {
  private static final String FIELD = "VmRSS:";

  private ResidentMemory() {}

  /** Bytes. */
  public static long of(int pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", "" + pid, "status"))) {
      if (line.startsWith(FIELD)) {
        return Long.parseLong(line.substring(FIELD.length()).replace("kB", "").strip()) * 1024;
      }
    }
    throw new IOException("process " + pid + " has no memory: it is ending");
  }
}
