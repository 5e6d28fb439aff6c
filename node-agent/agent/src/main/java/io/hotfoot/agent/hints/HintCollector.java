package io.hotfoot.agent.hints;

import io.hotfoot.agent.libvirt.Connection;
import io.hotfoot.agent.libvirt.Domain;
import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.vm.QemuRam;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.VmId;
import io.hotfoot.agent.vm.VmInspector;
import io.hotfoot.agent.vm.VmLocator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Takes a VM's hints and checks them against its RAM layout. */
public final class HintCollector {
  private final VmLocator locator;
  private final HostAccess host;

  public HintCollector(VmLocator locator, HostAccess host) {
    this.locator = locator;
    this.host = host;
  }

  /**
   * Takes hints from the guest.
   *
   * @param line to its agent
   * @param windowMs length of one observation window, ms; 0: the guest's choice
   * @throws NoHintsException if the guest gives none, or not before the deadline
   * @throws HintFormatException if what it gives is not a hint set for this VM
   */
  public CollectedHints fromGuest(VmId vm, GuestLine line, int windowMs, Duration deadline)
      throws IOException, InterruptedException {
    Path socket = locator.libvirtSocket(vm);
    return within(
        deadline, vm, "qemu-guest-agent", () -> askGuest(socket, vm, line, windowMs, deadline));
  }

  /**
   * The same, unless the VM is being migrated, to or from this node, by whomever: an answer that is
   * cut in two by that would break the line to the guest's agent.
   */
  CollectedHints fromGuestAtRest(VmId vm, GuestLine line, Duration deadline)
      throws IOException, InterruptedException {
    Path socket = locator.libvirtSocket(vm);
    return within(
        deadline,
        vm,
        "libvirt",
        () -> {
          requireNoJob(socket, vm);
          return askGuest(socket, vm, line, 0, deadline);
        });
  }

  /** libvirt refuses to tell where the job is that of a migration's target. */
  private static void requireNoJob(Path socket, VmId vm) throws IOException {
    try (Connection connection = Connection.open(socket)) {
      if (connection.domain(vm.domainName()).jobStats().phase() == JobStats.Phase.ACTIVE) {
        throw NoHintsException.late("libvirt has a job running on this VM");
      }
    }
  }

  /**
   * Takes hints on this node, without help of the guest.
   *
   * @param windowMs length of one observation window, ms; 0: as the guest would choose
   * @throws NoHintsException if there can be none here, or not before the deadline
   * @throws HintFormatException if what was found is no hint set for this VM
   */
  public CollectedHints fromHost(VmId vm, int windowMs, Duration deadline)
      throws IOException, InterruptedException {
    Path socket = locator.libvirtSocket(vm);
    long qemu = locator.qemu(vm).pid();
    HostHints hints = host.of(qemu);
    return within(deadline, vm, "libvirt", () -> look(hints, qemu, socket, vm, windowMs, deadline));
  }

  /**
   * On a thread of its own: a libvirt that waits for a dead guest agent, or for QEMU, overruns the
   * deadline.
   */
  private static CollectedHints within(
      Duration deadline, VmId vm, String silent, Callable<CollectedHints> collect)
      throws IOException, InterruptedException {
    FutureTask<CollectedHints> collecting = new FutureTask<>(collect);
    Thread.ofPlatform().daemon().name("hints-" + vm).start(collecting);
    try {
      return collecting.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw NoHintsException.late(
          "no hints within " + deadline.toMillis() + " ms: " + silent + " does not answer");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static CollectedHints askGuest(
      Path socket, VmId vm, GuestLine line, int windowMs, Duration deadline)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (Connection connection = Connection.open(socket)) {
      Domain domain = connection.domain(vm.domainName());
      RamLayout layout = VmInspector.layout(domain);
      byte[] bytes = new GuestHints(line.over(domain::guestAgent)).collect(windowMs, deadline);
      return checked(HintSource.HINT_SOURCE_GUEST, bytes, layout, start);
    }
  }

  private static CollectedHints look(
      HostHints hints, long qemu, Path socket, VmId vm, int windowMs, Duration deadline)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    QemuRam ram;
    try (Connection connection = Connection.open(socket)) {
      ram = QemuRam.of(connection.domain(vm.domainName()));
    } catch (IllegalArgumentException e) {
      throw NoHintsException.unable(e.getMessage());
    }
    byte[] bytes = hints.look(qemu, ram, windowMs, deadline);
    return checked(HintSource.HINT_SOURCE_HOST, bytes, ram.layout(), start);
  }

  private static CollectedHints checked(
      HintSource source, byte[] bytes, RamLayout layout, long start) throws HintFormatException {
    PullList list = PullList.of(HintSetReader.read(bytes), layout);
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    return new CollectedHints(source, bytes, layout, list, took, 0);
  }
}
