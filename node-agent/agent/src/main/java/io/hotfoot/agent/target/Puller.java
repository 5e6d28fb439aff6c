package io.hotfoot.agent.target;

import io.hotfoot.agent.hints.PullCursor;
import io.hotfoot.agent.sys.Errno;
import io.hotfoot.agent.sys.ProcessMemory;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jboss.logging.Logger;

/**
 * Pulls pages in hint order by touching them in QEMU's memory, from as many threads as {@link
 * PullWindow} says. A thread waits in the kernel until its page is there, so they are platform
 * threads; one that is beyond the window ends and is started anew when the window grows.
 */
final class Puller {
  private static final Logger LOG = Logger.getLogger(Puller.class);

  /** A touch that took less found its page there. */
  private static final long WAITED_NANOS = 20_000;

  /**
   * Once the hot pages are there the guest runs, and asks for what hints missed: only this part of
   * the window is then for pages that may never be needed, so that it waits less for its own.
   */
  private static final int BEHIND_THE_GUEST = 4;

  private static final int WARM_UP_TOUCHES = 5000;

  private final int pid;
  private final GuestMemory memory;
  private final PullCursor cursor;
  private final PullProgress progress;
  private final PullWindow window = new PullWindow();
  private final Thread[] workers = new Thread[PullWindow.MAX];
  private final AtomicInteger inFlight = new AtomicInteger();
  private final LongAdder waitedFor = new LongAdder();
  private final LongAdder waitedNanos = new LongAdder();
  private final AtomicReference<Errno> fatal = new AtomicReference<>();
  private volatile int limit = window.size();
  private volatile boolean stopped;
  private long measuredAt = System.nanoTime();

  Puller(int pid, GuestMemory memory, PullCursor cursor, PullProgress progress) {
    this.pid = pid;
    this.memory = memory;
    this.cursor = cursor;
    this.progress = progress;
  }

  /**
   * Has the code that pulls compiled before each µs counts, by touching this process's own memory.
   */
  static void warmUp() {
    try (Arena arena = Arena.ofConfined();
        ProcessMemory self = new ProcessMemory((int) ProcessHandle.current().pid())) {
      long address = arena.allocate(1).address();
      for (int i = 0; i < WARM_UP_TOUCHES; i++) {
        self.touch(address);
      }
    } catch (Errno e) {
      LOG.debugf("not warmed up: %s", e.getMessage());
    }
  }

  /**
   * Sizes the window by what came since the last call, and starts the threads that are missing. To
   * be called every few tens of ms until the progress is done.
   *
   * @throws Errno if no page can be pulled any more: ESRCH when QEMU has ended, EPERM without the
   *     right
   */
  void adjust() throws Errno {
    if (fatal.get() != null) {
      throw fatal.get();
    }
    long now = System.nanoTime();
    if (waitedFor.sum() >= PullWindow.FEW) {
      window.measured(waitedFor.sumThenReset(), now - measuredAt, waitedNanos.sumThenReset());
      measuredAt = now;
    }
    limit = progress.hotDone() ? 1 + window.size() / BEHIND_THE_GUEST : window.size();
    for (int i = 0; i < limit; i++) {
      if (workers[i] == null || !workers[i].isAlive()) {
        int index = i;
        workers[i] =
            Thread.ofPlatform().daemon().name("pull-" + pid + "-" + i).start(() -> pull(index));
      }
    }
  }

  /** No page is touched from now on. Touches that wait end when their page comes or QEMU ends. */
  void stop() {
    stopped = true;
  }

  int inFlight() {
    return inFlight.get();
  }

  private void pull(int index) {
    try (ProcessMemory process = new ProcessMemory(pid)) {
      while (!stopped && index < limit) {
        long next = cursor.next();
        if (PullCursor.isEnd(next)) {
          return;
        }
        pull(process, next);
      }
    } catch (Errno e) {
      stopped = true;
      fatal.compareAndSet(null, e);
    }
  }

  private void pull(ProcessMemory process, long next) throws Errno {
    boolean hot = PullCursor.isHot(next);
    long address = memory.address(PullCursor.gfn(next));
    long start = System.nanoTime();
    inFlight.incrementAndGet();
    try {
      process.touch(address);
    } catch (Errno e) {
      if (e.number() == Errno.EFAULT) {
        progress.failed(hot);
        return;
      }
      throw e;
    } finally {
      inFlight.decrementAndGet();
    }
    long trip = System.nanoTime() - start;
    if (trip >= WAITED_NANOS) {
      waitedFor.increment();
      waitedNanos.add(trip);
    }
    progress.arrived(hot);
  }
}
