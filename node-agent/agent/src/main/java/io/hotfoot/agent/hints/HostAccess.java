package io.hotfoot.agent.hints;

import io.hotfoot.agent.sys.KvmVm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Whether this agent may take hints on its node, and of which VMs. */
public final class HostAccess {
  private final Optional<HostHints> hints;
  private final KvmProbe kvm;
  private boolean checked;

  /** Whether a process runs a VM by KVM. */
  interface KvmProbe {
    boolean isOpenIn(int pid) throws IOException;
  }

  /**
   * @param program hotfoot-host-hints; empty: the node's administrator does not want it
   */
  public HostAccess(Optional<Path> program) {
    this(program, KvmVm::isOpenIn);
  }

  HostAccess(Optional<Path> program, KvmProbe kvm) {
    this.hints = program.map(HostHints::new);
    this.kvm = kvm;
  }

  /** Why not, and what to do; empty if it may. What was found good once is not asked again. */
  public synchronized Optional<String> missing() throws InterruptedException {
    if (hints.isEmpty()) {
      return Optional.of(
          "hints from the host are switched off on this node: agent.hostHints.enabled of the chart"
              + " switches them on");
    }
    if (!checked) {
      try {
        hints.get().check();
        checked = true;
      } catch (IOException e) {
        return Optional.of(
            e.getMessage()
                + ": the agent needs CAP_BPF and CAP_PERFMON, and Linux 6.1 or newer with BTF");
      }
    }
    return Optional.empty();
  }

  /**
   * The way to look at this QEMU.
   *
   * @throws NoHintsException if there is none, with the reason
   */
  HostHints of(long qemu) throws IOException, InterruptedException {
    Optional<String> missing = missing();
    if (missing.isPresent()) {
      throw NoHintsException.unable(missing.get());
    }
    if (kvm.isOpenIn((int) qemu)) {
      throw NoHintsException.unable(
          "the VM runs by KVM, where the host's page tables do not show what the guest accesses:"
              + " install the package hotfoot-hints in the guest");
    }
    return hints.get();
  }
}
