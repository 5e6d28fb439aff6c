package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Holds the background stream back in post-copy for as long as that serves the guest: while the
 * hinted pages come, if they come as was foreseen, and then while the guest asks for many others.
 */
final class HeldStream {
  private static final Logger LOG = Logger.getLogger(HeldStream.class);

  private final String uid;
  private final Throttle throttle;
  private final LongSupplier nanoTime;
  private long begunNanos;
  private PullTrial pulls;
  private StreamTrial stream;
  private MissedPages missed;

  HeldStream(String uid, Throttle throttle, LongSupplier nanoTime) {
    this.uid = uid;
    this.throttle = throttle;
    this.nanoTime = nanoTime;
  }

  /** Before the switch: what flows unthrottled after it delays the hinted pages. */
  void begin() {
    begunNanos = nanoTime.getAsLong();
    try {
      throttle.set();
    } catch (LibvirtException e) {
      LOG.warnf("eviction %s goes on without a throttle: %s", uid, e.getMessage());
    }
  }

  /**
   * To be called several times a second in post-copy.
   *
   * @param plan by which was switched; null: none
   * @return a new plan if there is one, which is followed already
   */
  Optional<Plan> look(JobStats job, Plan plan, long hintedBytes) throws LibvirtException {
    if (throttle.isSet() && isEnough(job, plan)) {
      LOG.infof("eviction %s: the stream goes on after %s", uid, held());
      throttle.release();
    }
    if (missed != null || plan == null) {
      return Optional.empty();
    }
    Optional<Plan> next = tryOut(job, plan, hintedBytes);
    if (next.filter(Plan::holdsStreamBack).isPresent()) {
      begin();
    }
    return next;
  }

  private boolean isEnough(JobStats job, Plan plan) {
    return plan != null && plan.isLong(held()) || missed != null && missed.areFew(job);
  }

  private Optional<Plan> tryOut(JobStats job, Plan plan, long hintedBytes) throws LibvirtException {
    if (!throttle.canBeSet()) {
      return Optional.empty();
    }
    if (pulls == null && throttle.isSet()) {
      pulls = new PullTrial(plan, hintedBytes, throttle, nanoTime);
    }
    if (pulls != null) {
      return pulls.look(job);
    }
    if (stream == null) {
      stream = new StreamTrial(plan, hintedBytes, nanoTime);
    }
    return stream.look(job);
  }

  /**
   * The hinted pages are there. Whom they are not enough for gets no longer to fetch the others
   * than these took, so that it costs little where that is of no use.
   */
  void pulled() throws LibvirtException {
    if (!throttle.isSet()) {
      throttle.release();
    } else if (missed == null) {
      missed = new MissedPages(nanoTime, held());
    }
  }

  private Duration held() {
    return Duration.ofNanos(nanoTime.getAsLong() - begunNanos);
  }
}
