package io.hotfoot.agent.hints;

import io.hotfoot.agent.libvirt.Connection;
import io.hotfoot.agent.libvirt.Domain;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.VmId;
import io.hotfoot.agent.vm.VmInspector;
import io.hotfoot.agent.vm.VmLocator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Takes a VM's hints and checks them against its RAM layout. */
public final class HintCollector {
  private final VmLocator locator;

  public HintCollector(VmLocator locator) {
    this.locator = locator;
  }

  /**
   * Takes hints from the guest.
   *
   * @param windowMs length of one observation window, ms; 0: the guest's choice
   * @throws GuestHintsException if the guest gives none, or not before the deadline
   * @throws HintFormatException if what it gives is not a hint set for this VM
   */
  public CollectedHints fromGuest(VmId vm, int windowMs, Duration deadline)
      throws IOException, InterruptedException {
    Path socket = locator.libvirtSocket(vm);
    FutureTask<CollectedHints> collecting =
        new FutureTask<>(() -> collect(socket, vm, windowMs, deadline));
    // On a thread of its own: a libvirt that waits for a dead guest agent overruns the deadline.
    Thread.ofPlatform().daemon().name("hints-" + vm).start(collecting);
    try {
      return collecting.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw GuestHintsException.late(
          "no hints within " + deadline.toMillis() + " ms: qemu-guest-agent does not answer");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static CollectedHints collect(Path socket, VmId vm, int windowMs, Duration deadline)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (Connection connection = Connection.open(socket)) {
      Domain domain = connection.domain(vm.domainName());
      RamLayout layout = VmInspector.layout(domain);
      byte[] bytes = new GuestHints(domain::guestAgent).collect(windowMs, deadline);
      PullList list = PullList.of(HintSetReader.read(bytes), layout);
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      return new CollectedHints(bytes, layout, list, took);
    }
  }
}
