package io.hotfoot.agent.pressure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of pressure stall information (Documentation/accounting/psi.rst). */
final class StallFile {
  private static final String TOTAL = " total=";

  private StallFile() {}

  /**
   * Time lost to waiting so far, µs.
   *
   * @param kind "some " or "full "
   */
  static long micros(Path file, String kind) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(kind)) {
        return Long.parseLong(line.substring(line.indexOf(TOTAL) + TOTAL.length()));
      }
    }
    throw new IOException(file + " has no line \"" + kind.strip() + "\"");
  }
}
