package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.DomainListener;
import io.hotfoot.agent.libvirt.DomainState;
import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;

/** What steering a migration at its source needs of libvirt. Called by one thread at a time. */
public interface Migration extends AutoCloseable {

  /** Tells this listener of the VM's events from now on. */
  void listen(DomainListener listener) throws LibvirtException;

  DomainState state() throws LibvirtException;

  JobStats jobStats() throws LibvirtException;

  /**
   * @param bytesPerSecond limit of post-copy's background stream; 0: none
   */
  void limitPostCopy(long bytesPerSecond) throws LibvirtException;

  void startPostCopy() throws LibvirtException;

  /** False once the VM's libvirt daemon is gone. */
  boolean connected();

  @Override
  void close();
}
