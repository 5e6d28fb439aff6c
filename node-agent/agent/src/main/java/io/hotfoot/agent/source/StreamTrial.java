package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.JobStats;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether a stream that is not held back is as fast as it seemed before the switch. Buffers on its
 * way, which fill first, look like a fast link; by the time that this looks they are full.
 */
final class StreamTrial {
  private final Plan plan;
  private final long hintedBytes;
  private final LongSupplier nanoTime;
  private final long begun;
  private final Pace flowing;
  private boolean over;

  /** Begins just after the switch. */
  StreamTrial(Plan plan, long hintedBytes, LongSupplier nanoTime) {
    this.plan = plan;
    this.hintedBytes = hintedBytes;
    this.nanoTime = nanoTime;
    begun = nanoTime.getAsLong();
    flowing = new Pace(nanoTime, PullTrial.FLOWING);
  }

  /** To be called several times a second; gives a new plan if the stream should be held back. */
  Optional<Plan> look(JobStats job) {
    if (over || nanoTime.getAsLong() - begun < PullTrial.SETTLING.toNanos()) {
      return Optional.empty();
    }
    Optional<Pace.Rates> rates = flowing.look(job);
    over = rates.isPresent();
    return rates.map(it -> plan(job, it.stream())).filter(Plan::holdsStreamBack);
  }

  private Plan plan(JobStats job, long stream) {
    return Plan.seen(hintedBytes, Math.min(plan.pullBytesPerSecond(), stream), stream, job);
  }
}
