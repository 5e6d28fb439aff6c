package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.DomainListener;
import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;
import io.hotfoot.agent.log.EvictionThread;
import io.hotfoot.agent.v1.SourceReport;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * One eviction at its source. All that touches libvirt runs on one thread of the eviction's own:
 * libvirt's events, ticks and the operator's calls become steps of {@link Steering} there, in the
 * order in which they came.
 */
public final class SourceEviction implements DomainListener, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(SourceEviction.class);

  private static final Duration TICK = Duration.ofMillis(200);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  /** libvirt itself gives up after 30 s. */
  private static final Duration ANSWER = Duration.ofSeconds(35);

  private final String uid;
  private final Migration migration;
  private final Steering steering;
  private final Clock clock;
  private final ScheduledExecutorService thread;

  /**
   * @param throttleBytes limit of the background stream until it is released, bytes a second; 0:
   *     none
   * @param hintsFollow whether {@link #hinted} is called once hints were taken
   * @param hintedBytes of the pages that are pulled at the target; 0: not known
   * @param cpuWait for what share of the time work waits for this node's CPUs, 0 to 1
   * @param clock tells the times in the report
   * @param nanoTime a clock that only goes forward, as System::nanoTime
   * @param changed is called at each change of state, from any thread
   */
  public SourceEviction(
      String uid,
      Migration migration,
      long throttleBytes,
      boolean hintsFollow,
      long hintedBytes,
      Duration lease,
      DoubleSupplier cpuWait,
      Clock clock,
      LongSupplier nanoTime,
      Runnable changed) {
    this.uid = uid;
    this.migration = migration;
    this.clock = clock;
    Throttle throttle = new Throttle(migration, throttleBytes, lease, nanoTime);
    this.steering =
        new Steering(
            uid, migration, throttle, hintsFollow, hintedBytes, cpuWait, clock, nanoTime, changed);
    this.thread =
        Executors.newSingleThreadScheduledExecutor(work -> EvictionThread.of("source", uid, work));
  }

  /**
   * Starts to steer.
   *
   * @throws LibvirtException if libvirt does not let this agent listen
   */
  public void arm() throws LibvirtException {
    migration.listen(this);
    thread.scheduleWithFixedDelay(
        () -> guarded(steering::tick), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  public SourceReport report() {
    return steering.report();
  }

  /**
   * Tells what is hinted; does nothing where that is known already.
   *
   * @param bytes of the pages that are pulled at the target; 0: there are no hints
   */
  public void hinted(long bytes) {
    onThread(
        () -> {
          steering.hinted(bytes);
          tickAfter(Steering.LOOK);
        });
  }

  public void renew(Duration lease) {
    onThread(() -> steering.renew(lease));
  }

  /**
   * Lifts the throttle and keeps it off.
   *
   * @param pulled since the hinted pages are there: then not before the guest has most others, too
   * @throws LibvirtException if libvirt refuses; the agent goes on trying
   * @throws TimeoutException if libvirt does not answer
   */
  public void release(boolean pulled)
      throws LibvirtException, TimeoutException, InterruptedException {
    try {
      thread
          .submit(
              () -> {
                steering.release(pulled);
                return null;
              })
          .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LibvirtException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void iterationBegan(int number) {
    long now = clock.millis();
    onThread(
        () -> {
          steering.iterationBegan(number, now);
          tickAfter(Steering.LOOK);
        });
  }

  @Override
  public void lifecycle(Lifecycle change) {
    long now = clock.millis();
    onThread(() -> steering.lifecycle(change, now));
  }

  @Override
  public void jobEnded(JobStats job) {
    long now = clock.millis();
    if (job.migrationOut()) {
      onThread(() -> steering.jobEnded(job, now));
    }
  }

  /** Lifts the throttle and lets the VM go. Waits a moment for that. */
  @Override
  public void close() {
    synchronized (this) {
      if (thread.isShutdown()) {
        return;
      }
      thread.execute(
          () -> {
            guarded(() -> steering.release(false));
            migration.close();
          });
      // What is queued still runs; ticks do not come again.
      thread.shutdown();
    }
    try {
      if (!thread.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warnf("eviction %s: libvirt has not answered; it goes on in the background", uid);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Step {
    void run() throws LibvirtException;
  }

  private synchronized void onThread(Step step) {
    if (!thread.isShutdown()) {
      thread.execute(() -> guarded(step));
    }
  }

  private synchronized void tickAfter(Duration delay) {
    if (!thread.isShutdown()) {
      thread.schedule(() -> guarded(steering::tick), delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** A failure means the end where libvirt is gone; else the next tick tries again. */
  private void guarded(Step step) {
    try {
      step.run();
    } catch (LibvirtException e) {
      if (migration.connected()) {
        LOG.debugf("eviction %s: %s", uid, e.getMessage());
      } else {
        steering.failed(
            "libvirt of the source is gone, the outcome is not known here: " + e.getMessage());
      }
    } catch (RuntimeException e) {
      LOG.errorf(e, "eviction %s: a step failed", uid);
    }
  }
}
