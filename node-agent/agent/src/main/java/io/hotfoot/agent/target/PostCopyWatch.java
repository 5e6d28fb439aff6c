package io.hotfoot.agent.target;

import io.hotfoot.agent.sys.Smaps;
import io.hotfoot.agent.sys.Smaps.Range;
import io.hotfoot.agent.sys.UserFaultFd;
import io.hotfoot.agent.target.GuestMemory.UnclearException;
import io.hotfoot.agent.vm.RamLayout;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sees post-copy begin and end in a target QEMU: while it runs QEMU holds a userfaultfd, and its
 * RAM is registered there.
 */
final class PostCopyWatch {
  private static final Duration LOOK_FOR_BEGIN = Duration.ofMillis(5);
  private static final Duration LOOK_FOR_END = Duration.ofMillis(250);

  /** QEMU registers its blocks one by one; after this time none is missing. */
  private static final Duration REGISTERING = Duration.ofSeconds(2);

  /** A QEMU that fails unregisters its RAM and ends within this time. */
  private static final Duration ENDING = Duration.ofMillis(500);

  private static final int WARM_UP_LOOKS = 20;

  private final ProcessHandle qemu;
  private long lookedAt;

  PostCopyWatch(ProcessHandle qemu) {
    this.qemu = qemu;
  }

  /** Has the code that looks compiled before each ms counts, by looking at this process itself. */
  static void warmUp() throws IOException {
    int self = (int) ProcessHandle.current().pid();
    for (int i = 0; i < WARM_UP_LOOKS; i++) {
      UserFaultFd.isOpenIn(self);
      Smaps.registered(self);
    }
  }

  /**
   * Waits until post-copy runs.
   *
   * @throws UnclearException if the guest's RAM is not to be found among what is registered
   * @throws IOException if QEMU ends before
   */
  GuestMemory await(RamLayout layout) throws IOException, InterruptedException, UnclearException {
    long firstSeen = 0;
    while (true) {
      List<Range> registered = runs() ? registered() : List.of();
      if (!registered.isEmpty()) {
        firstSeen = firstSeen == 0 ? lookedAt : firstSeen;
        try {
          return GuestMemory.locate(layout, registered);
        } catch (UnclearException e) {
          if (lookedAt - firstSeen > REGISTERING.toNanos()) {
            throw e;
          }
        }
      }
      Thread.sleep(LOOK_FOR_BEGIN);
    }
  }

  /**
   * Post-copy still runs, or did a moment ago.
   *
   * @throws IOException if QEMU has ended
   */
  boolean goesOn() throws IOException {
    return System.nanoTime() - lookedAt < LOOK_FOR_END.toNanos() || runs();
  }

  /**
   * To be asked when post-copy no longer runs.
   *
   * @throws IOException if that is because QEMU failed
   */
  void requireGoodEnd() throws IOException, InterruptedException {
    try {
      qemu.onExit().get(ENDING.toMillis(), TimeUnit.MILLISECONDS);
      throw ended();
    } catch (TimeoutException e) {
      return; // it runs on, with all of its memory
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  private boolean runs() throws IOException {
    lookedAt = System.nanoTime();
    return look(UserFaultFd::isOpenIn);
  }

  private List<Range> registered() throws IOException {
    return look(Smaps::registered);
  }

  private interface Look<T> {
    T at(int pid) throws IOException;
  }

  private <T> T look(Look<T> look) throws IOException {
    if (!qemu.isAlive()) {
      throw ended();
    }
    try {
      return look.at((int) qemu.pid());
    } catch (IOException e) {
      throw qemu.isAlive() ? e : ended();
    }
  }

  private IOException ended() {
    return new IOException("QEMU (process " + qemu.pid() + ") ended before post-copy was over");
  }
}
