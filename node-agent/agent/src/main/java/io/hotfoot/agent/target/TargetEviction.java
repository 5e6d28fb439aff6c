package io.hotfoot.agent.target;

import io.hotfoot.agent.hints.PullList;
import io.hotfoot.agent.log.EvictionThread;
import io.hotfoot.agent.target.GuestMemory.UnclearException;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.agent.v1.TargetReport.State;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.VmNotFoundException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Pulls one VM's hinted pages at its target: waits for QEMU, waits until its RAM is registered for
 * post-copy, pulls, goes on looking until post-copy is over, and then has huge pages restored. No
 * page is touched before it is registered: that would map a zero page which the incoming one then
 * meets.
 */
public final class TargetEviction implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(TargetEviction.class);

  private static final Duration LOOK_FOR_QEMU = Duration.ofMillis(50);
  private static final Duration ADJUST = Duration.ofMillis(20);

  private final String uid;
  private final QemuFinder finder;
  private final RamLayout layout;
  private final PullList list;
  private final HugePageRestorer hugePages;
  private final PullProgress progress;
  private final Clock clock;
  private final Runnable changed;
  private final Thread thread;
  private final RateMeter rate = new RateMeter();
  private volatile State state = State.TARGET_WAITING;
  private volatile long postCopySeenMs;
  private volatile Puller puller;
  private volatile String error = "";

  /** Finds the VM's QEMU on this node. */
  public interface QemuFinder {
    /**
     * @throws VmNotFoundException if it does not run, or not yet
     */
    ProcessHandle find() throws IOException;
  }

  /**
   * @param changed is called at each change of state and milestone, from any thread
   */
  public TargetEviction(
      String uid,
      QemuFinder finder,
      RamLayout layout,
      PullList list,
      HugePageRestorer hugePages,
      Clock clock,
      Runnable changed) {
    this.uid = uid;
    this.finder = finder;
    this.layout = layout;
    this.list = list;
    this.hugePages = hugePages;
    this.clock = clock;
    this.changed = changed;
    this.progress = new PullProgress(list, clock, changed);
    this.thread = EvictionThread.of("target", uid, this::run);
  }

  public void start() {
    thread.start();
  }

  /** Pages that are to be pulled. */
  public long pages() {
    return list.pages();
  }

  public TargetReport report() {
    Puller pulling = puller;
    return TargetReport.newBuilder()
        .setState(state)
        .setHintedPages(progress.pages())
        .setResidentPages(progress.resident())
        .setFailedPages(progress.failed())
        .setHotPages(progress.hotPages())
        .setHotResidentPages(progress.hotResident())
        .setPostcopySeenMs(postCopySeenMs)
        .setHotResidentMs(progress.hotResidentMs())
        .setHintedResidentMs(progress.residentMs())
        .setInFlight(pulling == null ? 0 : pulling.inFlight())
        .setPagesPerSecond(rate.perSecond())
        .setError(error)
        .build();
  }

  /** Stops to pull. */
  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      ProcessHandle qemu = awaitQemu();
      PostCopyWatch postCopy = new PostCopyWatch(qemu);
      GuestMemory memory = postCopy.await(layout);
      postCopySeenMs = clock.millis();
      become(State.TARGET_PULLING);
      progress.begin();
      puller = new Puller((int) qemu.pid(), memory, list.cursor(), progress);
      while (postCopy.goesOn()) {
        pullOn();
      }
      puller.stop();
      postCopy.requireGoodEnd();
      LOG.infof("eviction %s: post-copy is over, %s pulled", uid, progress);
      progress.allArrived();
      become(State.TARGET_ENDED);
      hugePages.restore(uid, (int) qemu.pid(), memory, list);
    } catch (InterruptedException e) {
      LOG.debugf("eviction %s is no longer wanted", uid);
    } catch (IOException | UnclearException | RuntimeException e) {
      fail(e);
    } finally {
      if (puller != null) {
        puller.stop();
      }
    }
  }

  private ProcessHandle awaitQemu() throws IOException, InterruptedException {
    while (true) {
      try {
        return finder.find();
      } catch (VmNotFoundException e) {
        Thread.sleep(LOOK_FOR_QEMU);
      }
    }
  }

  private void pullOn() throws IOException, InterruptedException {
    rate.count(progress.resident(), System.nanoTime());
    if (!progress.done()) {
      puller.adjust();
    } else if (state == State.TARGET_PULLING) {
      become(State.TARGET_RESIDENT);
    }
    Thread.sleep(ADJUST);
  }

  private void become(State next) {
    state = next;
    changed.run();
  }

  private void fail(Exception e) {
    LOG.warnf("eviction %s is pulled no further: %s", uid, e.getMessage());
    error = e.getMessage();
    become(State.TARGET_FAILED);
  }
}
