package io.hotfoot.agent;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * The evictions that this node takes part in, by UID. One that nobody asks for is forgotten in
 * time.
 */
@ApplicationScoped
public class Evictions {
  private static final Logger LOG = Logger.getLogger(Evictions.class);

  /** Longer than an operator may be away, shorter than a VM's next eviction is far. */
  static final Duration KEPT_WITHOUT_INTEREST = Duration.ofMinutes(15);

  static final int MOST = 64;

  private static final Duration CLOSING = Duration.ofSeconds(8);

  private final Map<String, Eviction> byUid = new ConcurrentHashMap<>();
  private final BroadcastProcessor<String> changes = BroadcastProcessor.create();
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("evictions").factory());
  private final LongSupplier nanoTime;

  public Evictions() {
    this(System::nanoTime);
  }

  /**
   * @param nanoTime a clock that only goes forward, ns
   */
  Evictions(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @PostConstruct
  void startSweeping() {
    sweeper.scheduleWithFixedDelay(this::sweep, 1, 1, TimeUnit.MINUTES);
  }

  /**
   * The eviction of this UID, made if it is not known.
   *
   * @throws IllegalStateException if there are {@value #MOST} already
   */
  public synchronized Eviction open(String uid) {
    if (!byUid.containsKey(uid) && byUid.size() >= MOST) {
      throw new IllegalStateException("this node takes part in " + MOST + " evictions already");
    }
    Eviction eviction = byUid.computeIfAbsent(uid, Eviction::new);
    eviction.interest(nanoTime.getAsLong());
    return eviction;
  }

  public Optional<Eviction> find(String uid) {
    Eviction eviction = byUid.get(uid);
    if (eviction != null) {
      eviction.interest(nanoTime.getAsLong());
    }
    return Optional.ofNullable(eviction);
  }

  /** Ends what this node does for the eviction. */
  public void forget(String uid) {
    Eviction eviction = byUid.remove(uid);
    if (eviction != null) {
      eviction.close();
      changed(uid);
    }
  }

  /** Says that the eviction's report differs from the last one. */
  public void changed(String uid) {
    // The processor takes one item at a time.
    synchronized (changes) {
      changes.onNext(uid);
    }
  }

  /** The UIDs of evictions as they change; a slow reader misses some. */
  public Multi<String> changes() {
    return changes.onOverflow().drop();
  }

  void sweep() {
    long idle = nanoTime.getAsLong() - KEPT_WITHOUT_INTEREST.toNanos();
    for (Eviction eviction : byUid.values()) {
      if (eviction.idleSince(idle)) {
        LOG.infof("eviction %s is forgotten: nobody has asked for it", eviction.uid());
        forget(eviction.uid());
      }
    }
  }

  /**
   * No throttle outlives this agent. All at once, since one whose libvirt does not answer takes
   * seconds, and kubelet soon loses its patience.
   */
  @PreDestroy
  void close() {
    sweeper.shutdownNow();
    ExecutorService each = Executors.newVirtualThreadPerTaskExecutor();
    byUid.keySet().forEach(uid -> each.execute(() -> forget(uid)));
    each.shutdown();
    try {
      if (!each.awaitTermination(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warnf("not all evictions could be ended: %s", byUid.keySet());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
