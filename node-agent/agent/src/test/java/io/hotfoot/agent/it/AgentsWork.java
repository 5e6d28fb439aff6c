package io.hotfoot.agent.it;

import io.hotfoot.agent.libvirt.Connection;
import io.hotfoot.agent.sys.HugePageCollapse;
import io.hotfoot.agent.sys.ProcessMemory;
import io.hotfoot.agent.sys.Smaps;
import io.hotfoot.agent.sys.UnixPeer;
import io.hotfoot.agent.vm.VmId;
import io.hotfoot.agent.vm.VmLocator;
import java.nio.file.Path;

/**
 * Does once what the agent does to other pods, and prints for each a line {@code NAME: done} or
 * {@code NAME: why not}. A program, for a process with fewer rights than the test has.
 */
final class AgentsWork {
  static final String FIND_LAUNCHER = "find the launcher";
  static final String FIND_LIBVIRT = "find libvirt's socket";
  static final String ASK_LIBVIRT = "ask libvirt";
  static final String SEE_POSTCOPY = "see that post-copy runs";
  static final String PULL = "pull a page";
  static final String COLLAPSE = "put a huge page together";

  private AgentsWork() {}

  private interface Deed {
    void run() throws Exception;
  }

  /**
   * @param arguments kubelet's folder of pods, the pod's UID, its libvirt socket, QEMU's PID, the
   *     address of the guest's memory in QEMU
   */
  public static void main(String[] arguments) {
    Path pods = Path.of(arguments[0]);
    VmId vm = new VmId("default", "it", arguments[1]);
    int qemu = Integer.parseInt(arguments[3]);
    long address = Long.parseLong(arguments[4]);
    String launcherSocket = "volumes/kubernetes.io~empty-dir/sockets/launcher-sock";
    attempt(
        FIND_LAUNCHER, () -> UnixPeer.pidOf(pods.resolve(arguments[1]).resolve(launcherSocket)));
    attempt(FIND_LIBVIRT, () -> new VmLocator(pods).libvirtSocket(vm));
    attempt(ASK_LIBVIRT, () -> ask(Path.of(arguments[2])));
    attempt(SEE_POSTCOPY, () -> Smaps.registered(qemu));
    attempt(PULL, () -> pull(qemu, address));
    attempt(COLLAPSE, () -> collapse(qemu, address));
    System.exit(0); // libvirt's event loop would go on
  }

  private static void ask(Path socket) throws Exception {
    try (Connection libvirt = Connection.open(socket)) {
      libvirt.domain(LauncherPod.DOMAIN);
    }
  }

  private static void pull(int qemu, long address) throws Exception {
    try (ProcessMemory memory = new ProcessMemory(qemu)) {
      memory.touch(address);
    }
  }

  private static void collapse(int qemu, long address) throws Exception {
    try (HugePageCollapse memory = new HugePageCollapse(qemu)) {
      memory.collapse(address);
    }
  }

  private static void attempt(String name, Deed deed) {
    String how = "done";
    try {
      deed.run();
    } catch (Exception e) {
      how = e.toString().replace('\n', ' ');
    }
    System.out.println(name + ": " + how);
  }
}
