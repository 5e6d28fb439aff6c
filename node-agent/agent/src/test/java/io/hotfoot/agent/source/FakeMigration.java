package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.DomainListener;
import io.hotfoot.agent.libvirt.DomainState;
import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A migration that does what the test says and notes what is asked of it. */
public final class FakeMigration implements Migration {
  static final JobStats NO_JOB = stats(JobStats.Phase.NONE, 0);
  static final JobStats MIGRATING = stats(JobStats.Phase.ACTIVE, 1);

  final List<String> calls = new CopyOnWriteArrayList<>();
  final AtomicInteger jobLooks = new AtomicInteger();
  volatile DomainState state = DomainState.RUNNING;
  volatile JobStats job = NO_JOB;
  volatile LibvirtException refuseStart;
  volatile LibvirtException refuseLimit;
  volatile LibvirtException lost;
  volatile DomainListener listener;
  public volatile Runnable whenClosed = () -> {};

  static JobStats stats(JobStats.Phase phase, long iteration) {
    return new JobStats(phase, true, 100, iteration, 1000, 400, 600, 7, 25, "");
  }

  static JobStats remaining(long bytes) {
    return new JobStats(JobStats.Phase.ACTIVE, true, 100, 1, bytes, 0, bytes, 0, 0, "");
  }

  @Override
  public void listen(DomainListener wanted) {
    listener = wanted;
  }

  @Override
  public DomainState state() throws LibvirtException {
    failIf(lost);
    return state;
  }

  @Override
  public JobStats jobStats() throws LibvirtException {
    failIf(lost);
    jobLooks.incrementAndGet();
    return job;
  }

  @Override
  public void limitPostCopy(long bytesPerSecond) throws LibvirtException {
    failIf(refuseLimit);
    calls.add("limit " + bytesPerSecond);
  }

  @Override
  public void startPostCopy() throws LibvirtException {
    failIf(refuseStart);
    calls.add("start");
  }

  @Override
  public boolean connected() {
    return lost == null;
  }

  @Override
  public void close() {
    calls.add("close");
    whenClosed.run();
  }

  private static void failIf(LibvirtException e) throws LibvirtException {
    if (e != null) {
      throw e;
    }
  }
}
