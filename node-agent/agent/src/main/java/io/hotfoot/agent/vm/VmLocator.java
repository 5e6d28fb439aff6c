package io.hotfoot.agent.vm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.hotfoot.agent.sys.Errno;
import io.hotfoot.agent.sys.UnixPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

  private static final String GUEST = "guest=";

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
    return qemuBelow(launcher(vm), vm);
  }

  static ProcessHandle qemuBelow(ProcessHandle launcher, VmId vm) throws VmNotFoundException {
    return qemusBelow(launcher)
        .filter(qemu -> guestOf(qemu).filter(vm.domainName()::equals).isPresent())
        .findFirst()
        .orElseThrow(() -> new VmNotFoundException("VM " + vm + " has no QEMU on this node"));
  }

  /** The UIDs of this node's pods. */
  public List<String> podUids() throws IOException {
    try (Stream<Path> folders = Files.list(pods)) {
      return folders.map(folder -> folder.getFileName().toString()).toList();
    }
  }

  /** The VM that a pod runs; empty for pods of other kinds, and while QEMU does not run. */
  public Optional<RunningVm> runningIn(String podUid) throws IOException {
    Path socket = pods.resolve(podUid).resolve(LAUNCHER_SOCKET);
    if (!Files.exists(socket)) {
      return Optional.empty();
    }
    return listener(socket).stream()
        .flatMap(VmLocator::qemusBelow)
        .flatMap(qemu -> guestOf(qemu).flatMap(it -> RunningVm.of(it, podUid, qemu)).stream())
        .findFirst();
  }

  /** Found by a connection to its socket. */
  ProcessHandle launcher(VmId vm) throws IOException {
    Path socket = pods.resolve(vm.launcherPodUid()).resolve(LAUNCHER_SOCKET);
    if (!Files.exists(socket)) {
      throw new VmNotFoundException(
          "VM " + vm + " has no launcher pod " + vm.launcherPodUid() + " on this node");
    }
    return listener(socket)
        .orElseThrow(
            () -> new VmNotFoundException("the launcher of VM " + vm + " does not listen"));
  }

  private static Optional<ProcessHandle> listener(Path socket) throws IOException {
    try {
      return ProcessHandle.of(UnixPeer.pidOf(socket));
    } catch (Errno e) {
      if (e.number() == Errno.ECONNREFUSED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Stream<ProcessHandle> qemusBelow(ProcessHandle launcher) {
    return launcher.parent().stream().flatMap(ProcessHandle::descendants).filter(VmLocator::isQemu);
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

  /**
   * The domain that a QEMU runs; empty for those that libvirt runs without a guest, for a moment
   * each, to ask what they can do.
   */
  private static Optional<String> guestOf(ProcessHandle qemu) {
    try {
      String[] arguments =
          Files.readString(Path.of("/proc", "" + qemu.pid(), "cmdline"), ISO_8859_1).split("\0");
      return Stream.of(arguments)
          .filter(argument -> argument.startsWith(GUEST))
          .map(argument -> argument.substring(GUEST.length()).split(",")[0])
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // it has ended meanwhile
    }
  }
}
