package io.hotfoot.agent.target;

import io.hotfoot.agent.sys.Smaps;
import io.hotfoot.agent.sys.Smaps.Range;
import io.hotfoot.agent.target.GuestMemory.UnclearException;
import io.hotfoot.agent.vm.RamLayout;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sees post-copy begin and end in a target QEMU: while it runs, and only then, its RAM is
 * registered.
 */
final class PostCopyWatch {
  private static final Duration LOOK_FOR_BEGIN = Duration.ofMillis(5);
  private static final Duration LOOK_FOR_END = Duration.ofMillis(500);

  /** QEMU registers its blocks one by one; after this time none is missing. */
  private static final Duration REGISTERING = Duration.ofSeconds(2);

  /** A QEMU that fails unregisters its RAM and ends within this time. */
  private static final Duration ENDING = Duration.ofMillis(500);

  /**
   * Reading smaps walks all of QEMU's page tables: it may take one part in this many of the time.
   */
  private static final int LOOKING_SHARE = 10;

  private final ProcessHandle qemu;
  private long lookedAt;
  private long lookTook;

  PostCopyWatch(ProcessHandle qemu) {
    this.qemu = qemu;
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
      List<Range> registered = look();
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
      Thread.sleep(Duration.ofNanos(untilNext(LOOK_FOR_BEGIN)));
    }
  }

  /**
   * Post-copy still runs, or did half a second ago.
   *
   * @throws IOException if QEMU has ended
   */
  boolean goesOn() throws IOException {
    return System.nanoTime() - lookedAt < untilNext(LOOK_FOR_END) || !look().isEmpty();
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

  private List<Range> look() throws IOException {
    long start = System.nanoTime();
    if (!qemu.isAlive()) {
      throw ended();
    }
    try {
      return Smaps.registered((int) qemu.pid());
    } catch (IOException e) {
      throw qemu.isAlive() ? e : ended();
    } finally {
      lookedAt = System.nanoTime();
      lookTook = lookedAt - start;
    }
  }

  private long untilNext(Duration atLeast) {
    return Math.max(atLeast.toNanos(), lookTook * LOOKING_SHARE);
  }

  private IOException ended() {
    return new IOException("QEMU (process " + qemu.pid() + ") ended before post-copy was over");
  }
}
