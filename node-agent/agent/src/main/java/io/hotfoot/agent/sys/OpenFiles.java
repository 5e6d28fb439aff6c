package io.hotfoot.agent.sys;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What a process has open, by its links in {@code /proc/<pid>/fd}. */
final class OpenFiles {
  private OpenFiles() {}

  /**
   * Whether some link leads there.
   *
   * @throws IOException if the process is gone or may not be looked at
   */
  static boolean has(int pid, Path target) throws IOException {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc", "" + pid, "fd"))) {
      for (Path file : open) {
        if (target.equals(target(file))) {
          return true;
        }
      }
      return false;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static Path target(Path file) throws IOException {
    try {
      return Files.readSymbolicLink(file);
    } catch (NoSuchFileException e) {
      return null; // closed meanwhile
    }
  }
}
