package io.hotfoot.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** This process takes the launcher's part; shells that carry QEMU's name run below it. */
class VmLocatorTest {
  private static final VmId VM = new VmId("default", "web", "4711");

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();
  private ServerSocketChannel launcher;
  private VmLocator locator;

  @BeforeEach
  void listen() throws IOException {
    Path socket = folder.resolve("pods/4711/volumes/kubernetes.io~empty-dir/sockets/launcher-sock");
    Files.createDirectories(socket.getParent());
    Path near = folder.resolve("s"); // its path fits into an address
    launcher = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    launcher.bind(UnixDomainSocketAddress.of(near));
    Files.move(near, socket);
    locator = new VmLocator(folder.resolve("pods"));
  }

  @AfterEach
  void end() throws IOException {
    started.forEach(Process::destroyForcibly);
    launcher.close();
  }

  private Process qemu(String... arguments) throws IOException {
    Path program = folder.resolve("qemu-system-x86_64");
    if (!Files.exists(program)) {
      Files.copy(Path.of("/bin/sh"), program);
    }
    List<String> command = new ArrayList<>(List.of(program.toString(), "-c", "read line", "-S"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).start();
    started.add(process);
    return process;
  }

  @Test
  void isNotMisledByQemusThatLibvirtAsksForTheirAbilities() throws IOException {
    qemu("-no-user-config", "-nodefaults", "-machine", "none,accel=kvm:tcg");
    Process guest = qemu("-name", "guest=default_web,debug-threads=on");

    assertThat(locator.qemu(VM).pid()).isEqualTo(guest.pid());
  }

  @Test
  void tellsWhichVmAPodRuns() throws IOException {
    Process guest = qemu("-name", "guest=default_web-1,debug-threads=on");
    RunningVm vm = locator.runningIn("4711").orElseThrow();

    assertThat(vm.id()).isEqualTo(new VmId("default", "web-1", "4711"));
    assertThat(vm.qemu().pid()).isEqualTo(guest.pid());
    assertThat(locator.podUids()).containsExactly("4711");
    assertThat(locator.runningIn("of-another-kind")).isEmpty();
  }

  @Test
  void aSearchFindsTheGuestOnceItRuns() throws IOException {
    QemuSearch search = new QemuSearch(locator, VM);
    assertThatThrownBy(search::find).isInstanceOf(VmNotFoundException.class);
    Process guest = qemu("-name", "guest=default_web,debug-threads=on");
    assertThat(search.find().pid()).isEqualTo(guest.pid());
  }

  @Test
  void aGuestThatKubeVirtCannotHaveNamedIsNone() throws IOException {
    qemu("-name", "guest=default_../../web,debug-threads=on");
    assertThat(locator.runningIn("4711")).isEmpty();
  }

  @Test
  void saysThatNoQemuRunsTheGuest() throws IOException {
    qemu("-machine", "none,accel=kvm:tcg");
    qemu("-name", "guest=default_web2,debug-threads=on");

    assertThatThrownBy(() -> locator.qemu(VM))
        .isInstanceOf(VmNotFoundException.class)
        .hasMessageContaining("VM default/web has no QEMU on this node");
  }
}
