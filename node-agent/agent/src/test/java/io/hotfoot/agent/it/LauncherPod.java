package io.hotfoot.agent.it;

import io.hotfoot.agent.vm.VmId;
import io.hotfoot.agent.vm.VmLocator;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Stands for a virt-launcher pod on this machine: real libvirt, real QEMU;
 * src/test/resources/it/launcher.py.
 */
@SuppressWarnings("try") // a test that is interrupted ends all the same
final class LauncherPod implements AutoCloseable {
  static final String DOMAIN = "default_it";
  private static final String RESOURCES = "src/test/resources/it/";

  private final String uid;
  private final Path folder;
  private final Process process;

  /**
   * @param folder shared by the pods of a test, may be entered by everybody
   */
  LauncherPod(String uid, Path folder) throws IOException {
    this.uid = uid;
    this.folder = folder;
    this.process =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "--pid",
                "--mount-proc",
                "--fork",
                "python3",
                RESOURCES + "launcher.py",
                uid,
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(uid + ".log").toFile())
            .start();
  }

  VmId vm() {
    return new VmId("default", "it", uid);
  }

  boolean ready() throws Exception {
    return virsh("version").waitFor() == 0;
  }

  void createDomain() throws Exception {
    createDomain(Path.of(RESOURCES, "domain.xml"));
  }

  void createDomain(Path xml) throws Exception {
    Process create = virsh("create", xml.toString());
    if (create.waitFor() != 0) {
      throw new IOException(new String(create.getInputStream().readAllBytes()));
    }
  }

  /**
   * Begins to migrate the domain as KubeVirt asks libvirt to; the process ends when the migration
   * does.
   */
  Process migrateTo(LauncherPod target, String... more) throws IOException {
    Path stream = target.folder.resolve(target.uid).resolve("migration.sock");
    Files.deleteIfExists(stream);
    List<String> command =
        new ArrayList<>(
            List.of(
                "migrate", "--live", "--p2p", "--postcopy", "--migrateuri", "unix://" + stream));
    command.addAll(List.of(more));
    command.add(DOMAIN);
    command.add(target.uri());
    return virsh(command.toArray(String[]::new));
  }

  private Process virsh(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("timeout", "60", "virsh", "-q", "-c", uri()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private String uri() {
    return "qemu+unix:///session?socket=" + folder.resolve(uid).resolve("run/libvirt-sock");
  }

  /** QEMU's PID. */
  long qemu() throws IOException {
    return new VmLocator(folder.resolve("pods")).qemu(vm()).pid();
  }

  RandomAccessFile memory() throws IOException {
    return new RandomAccessFile("/proc/" + qemu() + "/mem", "rw");
  }

  /** The address of the guest's RAM in QEMU, known by its size. */
  long ramAddress(long bytes) throws IOException {
    return ramAddresses(bytes).getFirst();
  }

  /** The addresses of all of QEMU's mappings of this size, of which there is one at least. */
  List<Long> ramAddresses(long bytes) throws IOException {
    List<Long> addresses = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc", "" + qemu(), "maps"))) {
      String[] range = line.split(" ")[0].split("-");
      long start = Long.parseUnsignedLong(range[0], 16);
      if (Long.parseUnsignedLong(range[1], 16) - start == bytes) {
        addresses.add(start);
      }
    }
    if (addresses.isEmpty()) {
      throw new IOException("no mapping of " + bytes + " bytes");
    }
    return addresses;
  }

  /**
   * What smaps (proc(5)) tells of QEMU's mapping of this size, bytes.
   *
   * @param field such as Swap
   */
  long smaps(long size, String field) throws IOException {
    String start = Long.toHexString(ramAddress(size)) + "-";
    return Files.readAllLines(Path.of("/proc", "" + qemu(), "smaps")).stream()
        .dropWhile(line -> !line.startsWith(start))
        .filter(line -> line.startsWith(field + ":"))
        .findFirst()
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .orElseThrow();
  }

  @Override
  public void close() throws Exception {
    process.getOutputStream().close();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("pod " + uid + " does not end");
    }
  }
}
