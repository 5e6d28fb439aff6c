package io.hotfoot.agent.vm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.hotfoot.agent.sys.Errno;
import io.hotfoot.agent.sys.UnixPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds a VM's processes on this node the way KubeVirt's virt-handler does: who listens on the
 * launcher's socket in the pod's folder is virt-launcher; its parent is the monitor; QEMU is below
 * that. Needs the host's PID namespace.
 *
 * @param pods kubelet's folder of pods, usually /var/lib/kubelet/pods
 */
public record VmLocator(Path pods) {
  private static final String LAUNCHER_SOCKET =
      "volumes/kubernetes.io~empty-dir/sockets/launcher-sock";

  /**
   * From the launcher's root. Where /var/run is an absolute link it would lead to this pod's /run.
   */
  private static final List<String> LIBVIRT_SOCKETS =
      List.of("run/libvirt/virtqemud-sock", "var/run/libvirt/virtqemud-sock");

  /**
   * libvirt's socket of this VM, to be reached from this process.
   *
   * @throws VmNotFoundException if there is none
   */
  public Path libvirtSocket(VmId vm) throws IOException {
    Path root = Path.of("/proc", "" + launcher(vm).pid(), "root");
    return LIBVIRT_SOCKETS.stream()
        .map(root::resolve)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () -> new VmNotFoundException("VM " + vm + " has no libvirt socket below " + root));
  }

  /**
   * The VM's QEMU.
   *
   * @throws VmNotFoundException if it does not run
   */
  public ProcessHandle qemu(VmId vm) throws IOException {
    ProcessHandle launcher = launcher(vm);
    ProcessHandle monitor =
        launcher
            .parent()
            .orElseThrow(() -> new VmNotFoundException("the launcher of VM " + vm + " has ended"));
    return monitor
        .descendants()
        .filter(VmLocator::isQemu)
        .filter(qemu -> runs(qemu, vm))
        .findFirst()
        .orElseThrow(() -> new VmNotFoundException("VM " + vm + " has no QEMU on this node"));
  }

  private ProcessHandle launcher(VmId vm) throws IOException {
    Path socket = pods.resolve(vm.launcherPodUid()).resolve(LAUNCHER_SOCKET);
    if (!Files.exists(socket)) {
      throw new VmNotFoundException(
          "VM " + vm + " has no launcher pod " + vm.launcherPodUid() + " on this node");
    }
    int pid;
    try {
      pid = UnixPeer.pidOf(socket);
    } catch (Errno e) {
      if (e.number() == Errno.ECONNREFUSED) {
        throw new VmNotFoundException(
            "the launcher of VM " + vm + " does not listen: " + e.getMessage());
      }
      throw e;
    }
    return ProcessHandle.of(pid)
        .orElseThrow(() -> new VmNotFoundException("the launcher of VM " + vm + " has ended"));
  }

  /** The kernel cuts names at 15 characters. */
  private static boolean isQemu(ProcessHandle process) {
    try {
      String name = Files.readString(Path.of("/proc", "" + process.pid(), "comm")).strip();
      return name.equals("qemu-kvm") || name.startsWith("qemu-system");
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }

  /** libvirt also runs QEMUs without a guest, for a moment each, to ask what they can do. */
  private static boolean runs(ProcessHandle qemu, VmId vm) {
    String guest = "guest=" + vm.domainName();
    try {
      String[] arguments =
          Files.readString(Path.of("/proc", "" + qemu.pid(), "cmdline"), ISO_8859_1).split("\0");
      return Stream.of(arguments)
          .anyMatch(argument -> argument.equals(guest) || argument.startsWith(guest + ","));
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }
}
