package io.hotfoot.agent.sys;

import java.io.IOException;
import java.nio.file.Path;

/** Whether a process runs a VM by KVM, and not by emulating its CPUs. */
public final class KvmVm {
  private static final Path LINK = Path.of("anon_inode:kvm-vm");

  private KvmVm() {}

  /**
   * @throws IOException if the process is gone or may not be looked at
   */
  public static boolean isOpenIn(int pid) throws IOException {
    return OpenFiles.has(pid, LINK);
  }
}
