package io.hotfoot.agent.hints;

import io.hotfoot.agent.hints.GuestHints.GuestAgent;
import io.hotfoot.agent.libvirt.LibvirtException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The line to a guest's agent until execution moves. Of an answer that the switch cuts in two the
 * target's libvirt gets the end without the beginning, and calls the agent broken from then on,
 * until the guest starts it anew: the VM's next eviction would have no hints, and KubeVirt no agent
 * either. So nothing is asked while execution moves, nor later.
 */
public final class GuestLine {
  private final long mostWaitMs;
  private final ReentrantLock busy = new ReentrantLock();
  private volatile String closed;

  public GuestLine() {
    this(Duration.ofMillis(500));
  }

  /**
   * @param mostWait how long execution waits for an open answer: a guest that never answers must
   *     not stay for that
   */
  GuestLine(Duration mostWait) {
    this.mostWaitMs = mostWait.toMillis();
  }

  /** What moves execution. */
  @FunctionalInterface
  public interface Switch {
    void begin() throws LibvirtException;
  }

  /** The same agent, which is asked nothing more once execution has moved. */
  GuestAgent over(GuestAgent agent) {
    return (json, timeoutSeconds) -> {
      busy.lock();
      try {
        if (closed != null) {
          throw NoHintsException.late(closed);
        }
        return agent.ask(json, timeoutSeconds);
      } finally {
        busy.unlock();
      }
    };
  }

  /**
   * Moves execution when no answer is open.
   *
   * @throws LibvirtException if that is refused; the guest may be asked further
   */
  public void move(Switch execution) throws LibvirtException {
    boolean quiet = awaitQuiet();
    try {
      execution.begin();
      closed = "the guest has moved before it gave its hints";
    } finally {
      if (quiet) {
        busy.unlock();
      }
    }
  }

  /** Has nothing more be asked, once no answer is open: an eviction needs the guest. */
  void hangUp() {
    boolean quiet = awaitQuiet();
    closed = "an eviction asks the guest itself";
    if (quiet) {
      busy.unlock();
    }
  }

  private boolean awaitQuiet() {
    try {
      return busy.tryLock(mostWaitMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
