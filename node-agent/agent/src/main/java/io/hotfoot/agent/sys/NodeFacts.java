package io.hotfoot.agent.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What this node lets QEMU and this agent do.
 *
 * @param proc where {@code proc(5)} is mounted
 */
public record NodeFacts(Path proc) {
  private static final int CAP_SYS_PTRACE = 19;

  public NodeFacts() {
    this(Path.of("/proc"));
  }

  /**
   * Why a QEMU without capabilities cannot use userfaultfd here and what to do; empty if it can.
   */
  public Optional<String> userfaultfdMissing() throws IOException {
    Path sysctl = proc.resolve("sys/vm/unprivileged_userfaultfd");
    if (!Files.exists(sysctl)) {
      return Optional.of("this node's kernel has no userfaultfd (CONFIG_USERFAULTFD)");
    }
    if (Files.readString(sysctl).strip().equals("1")) {
      return Optional.empty();
    }
    return Optional.of(
        "vm.unprivileged_userfaultfd is 0 on this node: set it to 1 (sysctl -w"
            + " vm.unprivileged_userfaultfd=1, and in /etc/sysctl.d to keep it)");
  }

  /** Why this agent cannot read another process's memory and what to do; empty if it can. */
  public Optional<String> pullMissing() throws IOException {
    for (String line : Files.readAllLines(proc.resolve("self/status"))) {
      if (line.startsWith("CapEff:")) {
        long effective = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
        return (effective >> CAP_SYS_PTRACE & 1) == 1
            ? Optional.empty()
            : Optional.of(
                "the agent lacks CAP_SYS_PTRACE: add it to the container's capabilities in the"
                    + " DaemonSet");
      }
    }
    throw new IOException("no CapEff in " + proc.resolve("self/status"));
  }

  /** As {@code uname -r} gives it. */
  public String kernelRelease() throws IOException {
    return Files.readString(proc.resolve("sys/kernel/osrelease")).strip();
  }
}
