package io.hotfoot.agent.libvirt;

/**
 * What libvirt tells of one domain. Called on libvirt's event thread: return soon, never call
 * libvirt.
 */
public interface DomainListener {

  /** QEMU begins a pass over memory. */
  void iterationBegan(int number);

  /** The domain's state changed. */
  void lifecycle(Lifecycle change);

  /** A job ended, well or not. */
  void jobEnded(JobStats job);

  /** The changes of state that matter here. */
  enum Lifecycle {
    /** Suspended because execution has moved to the target; again where a lost link came back. */
    SWITCHED,
    /** Suspended because post-copy has lost its link. */
    POSTCOPY_FAILED,
    /** Stopped because it has been migrated. */
    MIGRATED,
    /** Stopped for another reason. */
    STOPPED
  }
}
