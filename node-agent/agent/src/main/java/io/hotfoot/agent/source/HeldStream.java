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
    if (missed != null) {
      if (throttle.isSet() && missed.areFew(job)) {
        LOG.infof("eviction %s: the stream goes on after %s", uid, held());
        throttle.release();
      }
      return Optional.empty();
    }
    if (plan == null) {
      return Optional.empty();
    }
    Optional<Plan> next = tryOut(job, plan, hintedBytes);
    if (next.filter(Plan::holdsStreamBack).isPresent()) {
      begin();
    }
    return next;
  }

  private Optional<Plan> tryOut(JobStats job, Plan plan, long hintedBytes) throws LibvirtException {
    if (pulls == null && throttle.isSet()) {
      pulls = new PullTrial(plan, hintedBytes, throttle, nanoTime);
    }
    if (pulls != null) {
      return pulls.look(job);
    }
    if (!throttle.canBeSet()) {
      return Optional.empty();
    }
    if (stream == null) {
      stream = new StreamTrial(plan, hintedBytes, nanoTime);
    }
    return stream.look(job);
  }

  /**
   * The hinted pages are there. Whom they are not enough for gets no longer to fetch the others
   * than these took, and puts the rest off by a small part of what it takes, so that it costs
   * little where that is of no use.
   *
   * @param plan by which was switched; null: none
   */
  void pulled(Plan plan) throws LibvirtException {
    if (!throttle.isSet()) {
      throttle.release();
    } else if (missed == null) {
      missed = new MissedPages(nanoTime, plan == null ? held() : plan.patience(held()));
    }
  }

  private Duration held() {
    return Duration.ofNanos(nanoTime.getAsLong() - begunNanos);
  }
}
