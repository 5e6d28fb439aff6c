package io.hotfoot.agent.sys;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Whether a process has a userfaultfd open, by its links in {@code /proc/<pid>/fd}. QEMU holds one
 * from post-copy's start to its end. Far cheaper to ask than {@link Smaps}, which walks all page
 * tables.
 */
public final class UserFaultFd {
  private static final Path LINK = Path.of("anon_inode:[userfaultfd]");

  private UserFaultFd() {}

  /**
   * @throws IOException if the process is gone or may not be looked at
   */
  public static boolean isOpenIn(int pid) throws IOException {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc", "" + pid, "fd"))) {
      for (Path file : open) {
        if (LINK.equals(target(file))) {
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
