package io.hotfoot.agent;

import io.hotfoot.agent.hints.CollectedHints;
import io.hotfoot.agent.hints.GuestLine;
import io.hotfoot.agent.source.SourceEviction;
import io.hotfoot.agent.target.TargetEviction;
import io.hotfoot.agent.v1.EvictionReport;
import io.hotfoot.agent.v1.HintSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All that this node knows of one eviction. Each part is made once, however often it is asked for;
 * what failed to be made may be asked for again.
 */
public final class Eviction implements AutoCloseable {
  private final String uid;
  private final GuestLine guestLine = new GuestLine();
  private final Map<HintSource, Collecting> collecting = new ConcurrentHashMap<>();
  private String migrationUid;
  private volatile SourceEviction source;
  private volatile TargetEviction target;
  private volatile long interestNanos = System.nanoTime();

  Eviction(String uid) {
    this.uid = uid;
  }

  public String uid() {
    return uid;
  }

  public GuestLine guestLine() {
    return guestLine;
  }

  /** The hints of this source, taken by the first caller; others wait for that. */
  public CollectedHints hints(HintSource source, Callable<CollectedHints> collect)
      throws Exception {
    return collecting.computeIfAbsent(source, it -> new Collecting()).once(collect);
  }

  private static final class Collecting {
    private CollectedHints hints;

    synchronized CollectedHints once(Callable<CollectedHints> collect) throws Exception {
      if (hints == null) {
        hints = collect.call();
      }
      return hints;
    }
  }

  /** The source's part for this migration; made anew for another migration of the same eviction. */
  public synchronized SourceEviction source(String migration, Callable<SourceEviction> make)
      throws Exception {
    if (source == null || !migration.equals(migrationUid)) {
      SourceEviction next = make.call();
      if (source != null) {
        source.close();
      }
      source = next;
      migrationUid = migration;
    }
    return source;
  }

  /** Null where this node is not the source. */
  public SourceEviction source() {
    return source;
  }

  public synchronized TargetEviction target(Callable<TargetEviction> make) throws Exception {
    if (target == null) {
      target = make.call();
    }
    return target;
  }

  /** Null where this node is not the target. */
  public TargetEviction target() {
    return target;
  }

  /** Neither role is set where this node does nothing for the eviction yet. */
  public EvictionReport report() {
    EvictionReport.Builder report = EvictionReport.newBuilder();
    SourceEviction asSource = source;
    TargetEviction asTarget = target;
    if (asSource != null) {
      report.setSource(asSource.report());
    } else if (asTarget != null) {
      report.setTarget(asTarget.report());
    }
    return report.build();
  }

  void interest(long nanoTime) {
    interestNanos = nanoTime;
  }

  boolean idleSince(long nanoTime) {
    return interestNanos - nanoTime < 0;
  }

  /** Lifts a throttle, stops to pull. */
  @Override
  public synchronized void close() {
    if (source != null) {
      source.close();
    }
    if (target != null) {
      target.close();
    }
  }
}
