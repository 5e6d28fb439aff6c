package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether the hinted pages come as was foreseen, and soon. Where they do not, as from a source
 * without CPU to spare, the stream is let go for a moment to see what it does now that the guest
 * has left, and a new plan is made by what was seen of both. Once a switch.
 */
final class PullTrial {
  private static final int PAGE_BYTES = 4096;

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

  /** Slower than this share of what was foreseen is much slower. */
  private static final double MUCH_SLOWER = 0.5;

  /**
   * Pulls that take longer are weighed even if they come as was foreseen: that goes by a stream
   * which may have been slow only because the guest and its neighbours left it no CPU.
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
  private Stage stage = Stage.SETTLING;
  private long pull;

  private enum Stage {
    SETTLING,
    HELD_BACK,
    LET_GO,
    FLOWING,
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
  }

  /** To be called several times a second; gives a new plan when there is one, at most two. */
  Optional<Plan> look(JobStats job) throws LibvirtException {
    switch (stage) {
      case SETTLING -> {
        if (hasSettled(job)) {
          stage = Stage.HELD_BACK;
          heldBack.look(job);
        }
      }
      case HELD_BACK -> {
        Optional<Pace.Rates> rates = heldBack.look(job);
        if (rates.isPresent()) {
          judge(rates.get().requests(), job);
        }
      }
      case LET_GO -> {
        Optional<Plan> next = letGo.look(job).map(rates -> plan(job, rates));
        if (next.isPresent()) {
          stage = next.get().holdsStreamBack() ? Stage.OVER : Stage.FLOWING;
          flowing.look(job);
        }
        return next;
      }
      case FLOWING -> {
        Optional<Plan> next = flowing.look(job).map(rates -> plan(job, rates));
        if (next.isPresent()) {
          stage = Stage.OVER;
        }
        return next;
      }
      case OVER -> {}
    }
    return Optional.empty();
  }

  private boolean hasSettled(JobStats job) {
    long passed = nanoTime.getAsLong() - begun;
    return passed >= LONGEST_SETTLING.toNanos()
        || passed >= SETTLING.toNanos() && job.remoteFaults() >= PULLS_HAVE_BEGUN;
  }

  private void judge(long pulled, JobStats job) throws LibvirtException {
    boolean soon = left(job) <= SOON.toSeconds() * pulled;
    if (soon && pulled >= MUCH_SLOWER * plan.pullBytesPerSecond()) {
      stage = Stage.OVER;
      return;
    }
    throttle.lift();
    stage = Stage.LET_GO;
    pull = Math.max(1, pulled);
    letGo.look(job);
  }

  private Plan plan(JobStats job, Pace.Rates rates) {
    return Plan.of(left(job), pull, job.memoryRemaining(), rates.stream());
  }

  private long left(JobStats job) {
    return Math.max(0, hintedBytes - job.remoteFaults() * PAGE_BYTES);
  }
}
