package io.hotfoot.agent.sys;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process's mappings that are registered with a userfaultfd for missing pages: those that show
 * {@code um} in the VmFlags of {@code /proc/<pid>/smaps} (proc_pid_smaps(5)). On a migration's
 * target QEMU registers its RAM exactly while post-copy runs.
 */
public final class Smaps {

  /**
   * A run of addresses.
   *
   * @param start first address
   * @param end first address after it
   */
  public record Range(long start, long end) {
    public long size() {
      return end - start;
    }
  }

  private Smaps() {}

  /**
   * The registered ranges, lowest first; neighbours without a gap are one range. Empty where
   * post-copy does not run.
   *
   * @throws IOException if the process is gone or may not be looked at
   */
  public static List<Range> registered(int pid) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(Path.of("/proc", "" + pid, "smaps"))) {
      return registered(lines);
    }
  }

  static List<Range> registered(BufferedReader lines) throws IOException {
    List<Range> found = new ArrayList<>();
    Range current = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("VmFlags:")) {
        if (current != null && (line + " ").contains(" um ")) {
          append(found, current);
        }
      } else if (isHeader(line)) {
        current = header(line);
      }
    }
    return found;
  }

  /**
   * A mapping starts with its addresses in small hexadecimal digits, a field with a capital letter.
   */
  private static boolean isHeader(String line) {
    return !line.isEmpty() && Character.digit(line.charAt(0), 16) >= 0 && !isUpper(line.charAt(0));
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  private static Range header(String line) throws IOException {
    int dash = line.indexOf('-');
    int space = line.indexOf(' ', dash);
    if (dash < 0 || space < 0) {
      throw new IOException("smaps: no addresses in \"" + line + "\"");
    }
    return new Range(
        Long.parseUnsignedLong(line, 0, dash, 16),
        Long.parseUnsignedLong(line, dash + 1, space, 16));
  }

  private static void append(List<Range> ranges, Range next) {
    Range last = ranges.isEmpty() ? null : ranges.getLast();
    if (last != null && last.end() == next.start()) {
      ranges.set(ranges.size() - 1, new Range(last.start(), next.end()));
    } else {
      ranges.add(next);
    }
  }
}
