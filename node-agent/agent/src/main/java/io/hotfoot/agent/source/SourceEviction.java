package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.DomainListener;
import io.hotfoot.agent.libvirt.DomainState;
import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.SourceReport.State;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Steers one migration at its source: switches to post-copy at QEMU's first pass over memory,
 * throttled, and lifts the throttle. All that touches libvirt runs on one thread of its own, so
 * nothing here needs a lock.
 */
public final class SourceEviction implements DomainListener, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(SourceEviction.class);
  private static final Set<State> ENDED = Set.of(State.SOURCE_COMPLETED, State.SOURCE_FAILED);

  /** Statistics, the lease, and what events may have missed. */
  private static final Duration TICK = Duration.ofMillis(200);

  /** A refused switch is tried again at each pass over memory and this often. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private static final Duration CLOSING = Duration.ofSeconds(5);

  /** libvirt itself gives up after 30 s. */
  private static final Duration ANSWER = Duration.ofSeconds(35);

  private final String uid;
  private final Migration migration;
  private final Throttle throttle;
  private final Clock clock;
  private final Runnable changed;
  private final ScheduledExecutorService thread;
  private long lastTryMs;
  private volatile SourceReport report =
      SourceReport.newBuilder().setState(State.SOURCE_ARMED).build();

  /**
   * @param throttleBytes limit of the background stream until it is released, bytes a second; 0:
   *     none
   * @param clock tells the times in the report
   * @param nanoTime times the lease
   * @param changed is called at each change of state, from any thread
   */
  public SourceEviction(
      String uid,
      Migration migration,
      long throttleBytes,
      Duration lease,
      Clock clock,
      LongSupplier nanoTime,
      Runnable changed) {
    this.uid = uid;
    this.migration = migration;
    this.throttle = new Throttle(migration, throttleBytes, lease, nanoTime);
    this.clock = clock;
    this.changed = changed;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("source-" + uid).factory());
  }

  /**
   * Starts to steer. Also takes over a migration that runs already or has switched.
   *
   * @throws LibvirtException if libvirt does not let this agent listen
   */
  public void arm() throws LibvirtException {
    migration.listen(this);
    thread.scheduleWithFixedDelay(
        () -> guarded(this::tick), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  public SourceReport report() {
    return report;
  }

  public void renew(Duration lease) {
    onThread(() -> throttle.renew(lease));
  }

  /**
   * Lifts the throttle and keeps it off.
   *
   * @throws LibvirtException if libvirt refuses; the agent goes on trying
   * @throws TimeoutException if libvirt does not answer
   */
  public void release() throws LibvirtException, TimeoutException, InterruptedException {
    try {
      thread
          .submit(
              () -> {
                throttle.release();
                publish(report.toBuilder());
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

  /** Lifts the throttle and lets the VM go. Waits a moment for that. */
  @Override
  public void close() {
    synchronized (this) {
      if (thread.isShutdown()) {
        return;
      }
      thread.execute(
          () -> {
            if (!ENDED.contains(report.getState())) {
              guarded(throttle::release);
            }
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

  @Override
  public void iterationBegan(int number) {
    long now = clock.millis();
    onThread(
        () -> {
          began(now);
          switchOver();
        });
  }

  @Override
  public void lifecycle(Lifecycle change) {
    long now = clock.millis();
    onThread(
        () -> {
          switch (change) {
            case SWITCHED -> switched(now);
            case POSTCOPY_FAILED -> publish(report.toBuilder().setState(State.SOURCE_PAUSED));
            case MIGRATED -> ended(State.SOURCE_COMPLETED, now, "");
            case STOPPED -> ended(State.SOURCE_FAILED, now, "the VM stopped on its source node");
          }
        });
  }

  @Override
  public void jobEnded(JobStats job) {
    long now = clock.millis();
    if (job.migrationOut()) {
      onThread(
          () -> {
            measure(job);
            publish(report.toBuilder().setDowntimeMs((int) job.downtimeMs()));
            boolean failed = job.phase() == JobStats.Phase.FAILED;
            ended(failed ? State.SOURCE_FAILED : State.SOURCE_COMPLETED, now, job.error());
          });
    }
  }

  private void tick() throws LibvirtException {
    if (ENDED.contains(report.getState())) {
      return;
    }
    throttle.releaseIfDue();
    JobStats job = migration.jobStats();
    if (job.migrating()) {
      began(clock.millis() - job.elapsedMs());
      measure(job);
    }
    DomainState domain = migration.state();
    if (domain == DomainState.POSTCOPY) {
      takeOver();
    } else if (domain == DomainState.POSTCOPY_FAILED) {
      publish(report.toBuilder().setState(State.SOURCE_PAUSED));
    } else if (job.migrating() && clock.millis() - lastTryMs >= RETRY.toMillis()) {
      switchOver();
    } else if (job.phase() == JobStats.Phase.NONE
        && domain == DomainState.RUNNING
        && report.getState() == State.SOURCE_PRECOPY) {
      ended(State.SOURCE_FAILED, clock.millis(), "the migration ended before execution had moved");
    }
    publish(report.toBuilder());
  }

  /** The migration had switched before this agent knew of it, or the event is still on its way. */
  private void takeOver() throws LibvirtException {
    if (report.getState() != State.SOURCE_POSTCOPY) {
      if (report.getSwitchAskedMs() == 0) {
        throttle.set();
      }
      switched(clock.millis());
    }
  }

  private void began(long now) {
    if (report.getMigrationStartedMs() == 0) {
      SourceReport.Builder next = report.toBuilder().setMigrationStartedMs(now);
      if (next.getState() == State.SOURCE_ARMED) {
        next.setState(State.SOURCE_PRECOPY);
      }
      publish(next);
    }
  }

  /** Throttle first: what flows unthrottled between the two calls delays the hinted pages. */
  private void switchOver() {
    if (report.getState() != State.SOURCE_PRECOPY || report.getSwitchAskedMs() != 0) {
      return;
    }
    lastTryMs = clock.millis();
    try {
      throttle.set();
    } catch (LibvirtException e) {
      LOG.warnf("eviction %s goes on without a throttle: %s", uid, e.getMessage());
    }
    try {
      migration.startPostCopy();
      publish(report.toBuilder().setSwitchAskedMs(lastTryMs).clearError());
    } catch (LibvirtException e) {
      publish(report.toBuilder().setError(e.getMessage()));
    }
  }

  private void switched(long now) {
    SourceReport.Builder next = report.toBuilder().setState(State.SOURCE_POSTCOPY);
    if (next.getSwitchedMs() == 0) {
      next.setSwitchedMs(now);
    }
    publish(next);
  }

  private void ended(State state, long now, String error) {
    if (!ENDED.contains(report.getState())) {
      throttle.ended();
      publish(report.toBuilder().setState(state).setEndedMs(now).setError(error));
    }
  }

  private void measure(JobStats job) {
    publish(
        report.toBuilder()
            .setMemoryTotal(job.memoryTotal())
            .setMemoryProcessed(job.memoryProcessed())
            .setMemoryRemaining(job.memoryRemaining())
            .setRemoteFaults(job.remoteFaults()));
  }

  private void publish(SourceReport.Builder next) {
    State before = report.getState();
    boolean throttledBefore = report.getThrottled();
    report = next.setThrottled(throttle.isSet()).build();
    if (report.getState() != before || report.getThrottled() != throttledBefore) {
      changed.run();
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

  /**
   * A failure is reported where it means the end, and tried again at the next tick where it does
   * not.
   */
  private void guarded(Step step) {
    try {
      step.run();
    } catch (LibvirtException e) {
      if (migration.connected()) {
        LOG.debugf("eviction %s: %s", uid, e.getMessage());
      } else {
        ended(
            State.SOURCE_FAILED,
            clock.millis(),
            "libvirt of the source is gone, the outcome is not known here: " + e.getMessage());
      }
    } catch (RuntimeException e) {
      LOG.errorf(e, "eviction %s: a step failed", uid);
    }
  }
}
