package io.hotfoot.operator.eviction;

import io.hotfoot.api.v1alpha1.TransferStatus;
import java.util.OptionalLong;

/** Pages that a target asked its source for and that no hint named: what hints are judged by. */
public final class MissedFaults {
  private MissedFaults() {}

  /**
   * At least so many: some of the pulled pages had come by themselves. Empty: no hints, or nobody
   * counted.
   */
  static OptionalLong count(TransferStatus transfer) {
    return transfer.remoteFaults() == null || transfer.pulledPages() == null
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, transfer.remoteFaults() - transfer.pulledPages()));
  }

  /** Their share in all remote faults, 0 to 100; null where it is not known. */
  public static Integer percent(TransferStatus transfer) {
    OptionalLong missed = count(transfer);
    return missed.isEmpty() || transfer.remoteFaults() == 0
        ? null
        : (int) Math.round(100.0 * missed.getAsLong() / transfer.remoteFaults());
  }
}
