package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.VmUsage;
import java.util.Optional;

/**
 * A VM of a pressed node.
 *
 * @param usage what it takes of its node
 * @param bytesUntilFast what must move before it is fast again: its hot pages as its guest last
 *     named them or at its last eviction, else all that is resident
 * @param stays why it must not be evicted, if so
 */
record Candidate(VmUsage usage, long bytesUntilFast, Optional<String> stays) {

  String namespace() {
    return usage.getNamespace();
  }

  String name() {
    return usage.getName();
  }

  int wantedCpuMilli() {
    return wantedCpuMilli(usage);
  }

  /**
   * Thousandths of a CPU that a VM takes, and would take if it need not wait for them: at most as
   * many again, since what its own CPU limit makes it wait for it would wait for anywhere.
   */
  static int wantedCpuMilli(VmUsage usage) {
    return usage.getCpuMilli() + Math.min(usage.getCpuWaitMilli(), usage.getCpuMilli());
  }

  long residentBytes() {
    return usage.getResidentBytes();
  }

  @Override
  public String toString() {
    return namespace() + "/" + name();
  }
}
