package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.DomainListener.Lifecycle;
import io.hotfoot.agent.libvirt.DomainState;
import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.SourceReport.Order;
import io.hotfoot.agent.v1.SourceReport.State;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * What to do at a migration's source, one step after the other: look for a moment how fast QEMU's
 * first pass over memory goes, switch to post-copy, throttled if that serves the guest, and lift
 * the throttle. Follows events, and at each tick what events may have missed. For one thread; only
 * the report may be read by others.
 */
final class Steering {
  private static final Logger LOG = Logger.getLogger(Steering.class);
  private static final Set<State> ENDED = Set.of(State.SOURCE_COMPLETED, State.SOURCE_FAILED);

  /** A refused switch is tried again at each pass over memory and this often. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** The guest still runs on the source meanwhile, and what moves needs not move again. */
  static final Duration LOOK = Duration.ofMillis(150);

  private final String uid;
  private final Migration migration;
  private final Throttle throttle;
  private final DoubleSupplier cpuWait;
  private final Clock clock;
  private final Runnable changed;
  private boolean hintsFollow;
  private long hintedBytes;
  private long lastTryMs;
  private long lastLookMs;
  private final Pace beforeSwitch;
  private final HeldStream held;
  private Plan plan;
  private volatile SourceReport report =
      SourceReport.newBuilder().setState(State.SOURCE_ARMED).build();

  /**
   * @param hintsFollow see {@link #hinted}
   * @param hintedBytes of the pages that are pulled at the target; 0: not known
   * @param cpuWait for what share of the time work waits for this node's CPUs, 0 to 1
   * @param nanoTime a clock that only goes forward, as System::nanoTime
   * @param changed is called at each change of state
   */
  Steering(
      String uid,
      Migration migration,
      Throttle throttle,
      boolean hintsFollow,
      long hintedBytes,
      DoubleSupplier cpuWait,
      Clock clock,
      LongSupplier nanoTime,
      Runnable changed) {
    this.uid = uid;
    this.migration = migration;
    this.throttle = throttle;
    this.hintsFollow = hintsFollow;
    this.hintedBytes = hintedBytes;
    this.cpuWait = cpuWait;
    this.clock = clock;
    this.changed = changed;
    this.beforeSwitch = new Pace(nanoTime, LOOK);
    this.held = new HeldStream(uid, throttle, nanoTime);
  }

  SourceReport report() {
    return report;
  }

  /**
   * Looks at libvirt, and at the lease. Also takes over a migration that runs already or has
   * switched.
   */
  void tick() throws LibvirtException {
    if (hasEnded()) {
      return;
    }
    throttle.releaseIfDue();
    if (report.getState() == State.SOURCE_ARMED && clock.millis() - lastLookMs < RETRY.toMillis()) {
      // The event comes by itself, and libvirt, which prepares the migration, has no CPU to spare.
      return;
    }
    lastLookMs = clock.millis();
    JobStats job = migration.jobStats();
    if (job.migrating()) {
      began(clock.millis() - job.elapsedMs());
      measure(job);
      beforeSwitch.look(job);
    }
    DomainState domain = migration.state();
    if (domain == DomainState.POSTCOPY) {
      takeOver();
      held.look(job, plan, hintedBytes).ifPresent(this::follow);
    } else if (domain == DomainState.POSTCOPY_FAILED) {
      publish(report.toBuilder().setState(State.SOURCE_PAUSED));
    } else if (job.migrating()) {
      waitNoLonger(job.iteration());
      if (clock.millis() - lastTryMs >= RETRY.toMillis()) {
        switchOver();
      }
    } else if (job.phase() == JobStats.Phase.NONE
        && domain == DomainState.RUNNING
        && report.getState() == State.SOURCE_PRECOPY) {
      failed("the migration ended before execution had moved");
    }
    publish(report.toBuilder());
  }

  /** QEMU began a pass over memory at this time, ms since 1970. */
  void iterationBegan(int number, long atMs) throws LibvirtException {
    began(atMs);
    beforeSwitch.look(migration.jobStats());
    waitNoLonger(number);
    switchOver();
  }

  /**
   * What is hinted is known now. Until then, where hints follow, the switch waits for them, but for
   * no more than one pass over memory: what is left after that is what was written meanwhile, and
   * comes by itself about as soon as it would by hints.
   *
   * @param bytes of the pages that are pulled at the target; 0: there are no hints
   */
  void hinted(long bytes) throws LibvirtException {
    if (!hintsFollow) {
      return;
    }
    hintsFollow = false;
    hintedBytes = bytes;
    if (bytes == 0) {
      throttle.release();
    } else if (hasSwitchedByItself()) {
      held.begin();
    }
    switchOver();
  }

  private void waitNoLonger(long iteration) throws LibvirtException {
    if (iteration > 1) {
      hinted(0);
    }
  }

  void lifecycle(Lifecycle change, long atMs) {
    switch (change) {
      case SWITCHED -> switched(atMs);
      case POSTCOPY_FAILED -> publish(report.toBuilder().setState(State.SOURCE_PAUSED));
      case MIGRATED -> ended(State.SOURCE_COMPLETED, atMs, "");
      case STOPPED -> ended(State.SOURCE_FAILED, atMs, "the VM stopped on its source node");
    }
  }

  void jobEnded(JobStats job, long atMs) {
    measure(job);
    publish(report.toBuilder().setDowntimeMs((int) job.downtimeMs()));
    boolean failed = job.phase() == JobStats.Phase.FAILED;
    ended(failed ? State.SOURCE_FAILED : State.SOURCE_COMPLETED, atMs, job.error());
  }

  /** Nothing more can be learnt. */
  void failed(String why) {
    ended(State.SOURCE_FAILED, clock.millis(), why);
  }

  void renew(Duration lease) {
    throttle.renew(lease);
  }

  /**
   * Lifts the throttle and keeps it off.
   *
   * @param pulled since the hinted pages are there: then not before the guest has most others, too
   */
  void release(boolean pulled) throws LibvirtException {
    if (pulled) {
      held.pulled();
    } else {
      throttle.release();
    }
    publish(report.toBuilder());
  }

  private boolean hasEnded() {
    return ENDED.contains(report.getState());
  }

  /** The migration had switched before this agent knew of it, or the event is still on its way. */
  private void takeOver() throws LibvirtException {
    if (report.getState() != State.SOURCE_POSTCOPY) {
      switched(clock.millis());
      if (hasSwitchedByItself() && !hintsFollow) {
        held.begin();
      }
    }
  }

  /** virt-launcher did it, or this agent before it was started anew. */
  private boolean hasSwitchedByItself() {
    return report.getState() == State.SOURCE_POSTCOPY && report.getSwitchAskedMs() == 0;
  }

  private void began(long atMs) {
    if (report.getMigrationStartedMs() == 0) {
      SourceReport.Builder next = report.toBuilder().setMigrationStartedMs(atMs);
      if (next.getState() == State.SOURCE_ARMED) {
        next.setState(State.SOURCE_PRECOPY);
      }
      publish(next);
    }
  }

  /** Once the plan is made, and then at each call until QEMU does it. */
  private void switchOver() throws LibvirtException {
    if (report.getState() != State.SOURCE_PRECOPY
        || report.getSwitchAskedMs() != 0
        || hintsFollow
        || !isPlanned()) {
      return;
    }
    lastTryMs = clock.millis();
    if (plan == null || plan.holdsStreamBack()) {
      held.begin();
    }
    try {
      migration.startPostCopy();
      publish(report.toBuilder().setSwitchAskedMs(lastTryMs).clearError());
    } catch (LibvirtException e) {
      publish(report.toBuilder().setError(e.getMessage()));
    }
  }

  /** Without hints there is nothing to plan. */
  private boolean isPlanned() throws LibvirtException {
    if (hintedBytes == 0 || plan != null) {
      return true;
    }
    JobStats job = migration.jobStats();
    beforeSwitch
        .look(job)
        .map(
            pace ->
                Plan.foreseen(
                    hintedBytes, job.memoryRemaining(), pace.stream(), cpuWait.getAsDouble()))
        .ifPresent(this::follow);
    return plan != null;
  }

  private void follow(Plan next) {
    plan = next;
    LOG.infof("eviction %s: %s", uid, plan);
    publish(
        report.toBuilder()
            .setOrder(plan.holdsStreamBack() ? Order.ORDER_HINTED_FIRST : Order.ORDER_STREAMED)
            .setStreamBytesPerSecond(plan.streamBytesPerSecond())
            .setHintedFirstMs(ms(plan.hintedFirst()))
            .setStreamedMs(ms(plan.streamed())));
  }

  private static int ms(Duration time) {
    return Math.clamp(time.toMillis(), 0, Integer.MAX_VALUE);
  }

  private void switched(long atMs) {
    SourceReport.Builder next = report.toBuilder().setState(State.SOURCE_POSTCOPY);
    if (next.getSwitchedMs() == 0) {
      next.setSwitchedMs(atMs);
    }
    publish(next);
  }

  private void ended(State state, long atMs, String error) {
    if (!hasEnded()) {
      throttle.ended();
      publish(report.toBuilder().setState(state).setEndedMs(atMs).setError(error));
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
    SourceReport before = report;
    report = next.setThrottled(throttle.isSet()).build();
    if (report.getState() != before.getState() || report.getThrottled() != before.getThrottled()) {
      changed.run();
    }
  }
}
