package io.hotfoot.agent.sys;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Whether a process has a userfaultfd open. QEMU holds one from post-copy's start to its end. Far
 * cheaper to ask than {@link Smaps}, which walks all page tables.
 */
public final class UserFaultFd {
  private static final Path LINK = Path.of("anon_inode:[userfaultfd]");

  private UserFaultFd() {}

  /**
   * @throws IOException if the process is gone or may not be looked at
   */
  public static boolean isOpenIn(int pid) throws IOException {
    return OpenFiles.has(pid, LINK);
  }
}
