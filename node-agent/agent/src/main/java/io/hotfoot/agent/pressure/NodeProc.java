package io.hotfoot.agent.pressure;

import io.hotfoot.agent.v1.PressureResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What the node's {@code /proc} tells of its pressure (Documentation/accounting/psi.rst) and
 * memory.
 *
 * @param proc the node's, as this process sees it
 */
public record NodeProc(Path proc) {
  private static final String SWAPPED_IN = "pswpin ";
  private static final long PAGE = 4096;

  /**
   * Time lost to waiting since the machine started, µs.
   *
   * @param full of all tasks at once, not only some
   * @throws IOException if it cannot be told; the message says what to do
   */
  long stalledMicros(PressureResource resource, boolean full) throws IOException {
    Path file = proc.resolve("pressure").resolve(name(resource));
    try {
      return StallFile.micros(file, full ? "full " : "some ");
    } catch (NoSuchFileException e) {
      throw new IOException(
          "this node's kernel counts no pressure: boot it with psi=1 (it needs CONFIG_PSI)");
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be read (%s): boot the node's kernel with psi=1"
              .formatted(file, e.getMessage()));
    }
  }

  private static String name(PressureResource resource) {
    return resource.name().replace("PRESSURE_", "").toLowerCase(Locale.ROOT);
  }

  /** Bytes of this field of {@code /proc/meminfo}. */
  public long memory(String field) throws IOException {
    for (String line : Files.readAllLines(proc.resolve("meminfo"))) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.substring(field.length() + 1).replace("kB", "").strip()) * 1024;
      }
    }
    throw new IOException("no " + field + " in " + proc.resolve("meminfo"));
  }

  /** Bytes that were read back from swap since the machine started. */
  long swappedIn() throws IOException {
    for (String line : Files.readAllLines(proc.resolve("vmstat"))) {
      if (line.startsWith(SWAPPED_IN)) {
        return Long.parseLong(line.substring(SWAPPED_IN.length())) * PAGE;
      }
    }
    throw new IOException("this node's kernel counts no swapping: it has no swap");
  }
}
