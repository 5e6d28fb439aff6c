package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether the hinted pages come as was foreseen, and soon. Where they do not, as from a source
 * without CPU to spare, the stream is let go for a moment to see what it does now that the guest
 * has left, and a new plan is made by what was seen of both. Once a switch. The hinted pages are
 * given up only after a second look at each: a moment in which the node's host took its CPUs away
 * looks like slow pulls, and buffers that fill look like a fast stream.
 */
final class PullTrial {
  /** Until QEMU has loaded its devices pages come late whatever is done. */
  static final Duration SETTLING = Duration.ofMillis(400);

  /** So long it may take, on a target short of CPU, until pages are asked for at all. */
  static final Duration LONGEST_SETTLING = Duration.ofSeconds(2);

  /** What QEMU asks for while it loads its devices is less. */
  static final int PULLS_HAVE_BEGUN = 256;

  static final Duration HELD_BACK = Duration.ofMillis(400);
  static final Duration LET_GO = Duration.ofMillis(150);

  /**
   * A stream that is let go fills the buffers of both hosts first, as if the link were faster than
   * it is. Before the hinted pages are given up for it, it is looked at once these are full.
   */
  static final Duration FLOWING = Duration.ofMillis(600);

  /** Until what is on its way has arrived when the stream is stopped. */
  static final Duration DRAINING = Duration.ofMillis(200);

  static final Duration HELD_AGAIN = Duration.ofMillis(600);

  /** Slower than this share of what was foreseen is much slower. */
  private static final double MUCH_SLOWER = 0.5;

  /**
   * Pulls that take longer are weighed even if they come as was foreseen: that goes by a stream
   * which may have been slow only because the guest and its neighbours left it no CPU. And a stream
   * that takes longer is worth the second look at the pulls.
   */
  private static final Duration SOON = Duration.ofSeconds(5);

  private final Plan plan;
  private final long hintedBytes;
  private final Throttle throttle;
  private final LongSupplier nanoTime;
  private final long begun;
  private final Pace heldBack;
  private final Pace letGo;
  private final Pace flowing;
  private final Pace heldAgain;
  private Stage stage = Stage.SETTLING;
  private long pull;
  private long stream;
  private long stoppedNanos;

  private enum Stage {
    SETTLING,
    HELD_BACK,
    LET_GO,
    FLOWING,
    HELD_AGAIN,
    OVER
  }

  /** Begins just after the switch, while the throttle is on. */
  PullTrial(Plan plan, long hintedBytes, Throttle throttle, LongSupplier nanoTime) {
    this.plan = plan;
    this.hintedBytes = hintedBytes;
    this.throttle = throttle;
    this.nanoTime = nanoTime;
    begun = nanoTime.getAsLong();
    heldBack = new Pace(nanoTime, HELD_BACK);
    letGo = new Pace(nanoTime, LET_GO);
    flowing = new Pace(nanoTime, FLOWING);
    heldAgain = new Pace(nanoTime, HELD_AGAIN);
  }

  /** To be called several times a second; gives a new plan when there is one, at most two. */
  Optional<Plan> look(JobStats job) throws LibvirtException {
    return switch (stage) {
      case SETTLING -> settle(job);
      case HELD_BACK -> weighPulls(job);
      case LET_GO -> weighStream(job);
      case FLOWING -> weighStreamAgain(job);
      case HELD_AGAIN -> weighPullsAgain(job);
      case OVER -> Optional.empty();
    };
  }

  private Optional<Plan> settle(JobStats job) {
    if (hasSettled(job)) {
      stage = Stage.HELD_BACK;
      heldBack.look(job);
    }
    return Optional.empty();
  }

  private boolean hasSettled(JobStats job) {
    long passed = nanoTime.getAsLong() - begun;
    return passed >= LONGEST_SETTLING.toNanos()
        || passed >= SETTLING.toNanos() && job.remoteFaults() >= PULLS_HAVE_BEGUN;
  }

  private Optional<Plan> weighPulls(JobStats job) throws LibvirtException {
    Optional<Pace.Rates> rates = heldBack.look(job);
    if (rates.isEmpty()) {
      return Optional.empty();
    }
    long pulled = rates.get().requests();
    boolean soon = Plan.left(hintedBytes, job) <= SOON.toSeconds() * pulled;
    if (soon && pulled >= MUCH_SLOWER * plan.pullBytesPerSecond()) {
      stage = Stage.OVER;
      return Optional.empty();
    }
    throttle.lift();
    stage = Stage.LET_GO;
    pull = Math.max(1, pulled);
    letGo.look(job);
    return Optional.empty();
  }

  private Optional<Plan> weighStream(JobStats job) {
    Optional<Plan> next = letGo.look(job).map(rates -> plan(job, rates.stream()));
    if (next.isPresent()) {
      stage = next.get().holdsStreamBack() ? Stage.OVER : Stage.FLOWING;
      flowing.look(job);
    }
    return next;
  }

  private Optional<Plan> weighStreamAgain(JobStats job) throws LibvirtException {
    Optional<Pace.Rates> rates = flowing.look(job);
    if (rates.isEmpty()) {
      return Optional.empty();
    }
    stream = rates.get().stream();
    Plan next = plan(job, stream);
    if (next.holdsStreamBack() || next.streamed().compareTo(SOON) < 0) {
      stage = Stage.OVER;
      return Optional.of(next);
    }
    throttle.set();
    stage = Stage.HELD_AGAIN;
    stoppedNanos = nanoTime.getAsLong();
    return Optional.empty();
  }

  private Optional<Plan> weighPullsAgain(JobStats job) throws LibvirtException {
    if (nanoTime.getAsLong() - stoppedNanos < DRAINING.toNanos()) {
      return Optional.empty();
    }
    Optional<Pace.Rates> rates = heldAgain.look(job);
    if (rates.isEmpty()) {
      return Optional.empty();
    }
    stage = Stage.OVER;
    pull = Math.max(1, rates.get().requests());
    Plan next = plan(job, stream);
    if (!next.holdsStreamBack()) {
      throttle.lift();
    }
    return Optional.of(next);
  }

  private Plan plan(JobStats job, long streamed) {
    return Plan.seen(hintedBytes, pull, streamed, job);
  }
}
