package io.hotfoot.agent.vm;

import java.io.IOException;

/**
 * Looks for a VM's QEMU again and again, until there is one. Its launcher is asked who it is only
 * once: while it starts QEMU it has better things to do than to take connections.
 */
public final class QemuSearch {
  private final VmLocator locator;
  private final VmId vm;
  private ProcessHandle launcher;

  public QemuSearch(VmLocator locator, VmId vm) {
    this.locator = locator;
    this.vm = vm;
  }

  /**
   * The VM's QEMU.
   *
   * @throws VmNotFoundException if it does not run yet
   */
  public ProcessHandle find() throws IOException {
    if (launcher == null || !launcher.isAlive()) {
      launcher = locator.launcher(vm);
    }
    return VmLocator.qemuBelow(launcher, vm);
  }
}
