package io.hotfoot.agent.source;

import io.hotfoot.agent.libvirt.LibvirtException;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The limit on post-copy's background stream. Set at the switch and in the end lifted once for all:
 * by a release, when the lease runs out, or at the end. Lifting that fails is to be tried again.
 */
final class Throttle {
  /** What libvirt answers once QEMU has ended, and the limit with it. */
  private static final Set<LibvirtException.Code> GONE =
      Set.of(LibvirtException.Code.NO_DOMAIN, LibvirtException.Code.OPERATION_INVALID);

  private final Migration migration;
  private final long bytesPerSecond;
  private final Lease lease;
  private boolean released;
  private boolean set;

  /**
   * @param bytesPerSecond 0: never throttle
   */
  Throttle(Migration migration, long bytesPerSecond, Duration lease, LongSupplier nanoTime) {
    this.migration = migration;
    this.bytesPerSecond = bytesPerSecond;
    this.lease = new Lease(lease, nanoTime);
  }

  void renew(Duration length) {
    lease.renew(length);
  }

  boolean isSet() {
    return set;
  }

  /** Whether it is wanted, and not released. */
  boolean canBeSet() {
    return bytesPerSecond > 0 && !released && !lease.hasRunOut();
  }

  /** Limits the stream, unless released before. */
  void set() throws LibvirtException {
    if (canBeSet()) {
      // Noted first: if the answer is lost the limit may stand all the same and must be lifted.
      set = true;
      migration.limitPostCopy(bytesPerSecond);
    }
  }

  /** Lifts the limit and keeps it off. */
  void release() throws LibvirtException {
    released = true;
    lift();
  }

  /** Lifts the limit for now. */
  void lift() throws LibvirtException {
    if (set) {
      try {
        migration.limitPostCopy(0);
      } catch (LibvirtException e) {
        if (!GONE.contains(e.code())) {
          throw e;
        }
      }
      set = false;
    }
  }

  /** Lifts the limit if nobody has renewed the lease, or if lifting it has failed before. */
  void releaseIfDue() throws LibvirtException {
    if (set && (released || lease.hasRunOut())) {
      release();
    }
  }

  /** The migration has ended and the limit with it. */
  void ended() {
    released = true;
    set = false;
  }
}
