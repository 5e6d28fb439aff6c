package io.hotfoot.operator.pressure;

import java.util.Optional;

/**
 * A VM of a pressed node.
 *
 * @param namespace of the VirtualMachineInstance
 * @param name of the VirtualMachineInstance
 * @param cpuMilli what it uses, thousandths of a CPU
 * @param residentBytes QEMU's resident memory
 * @param bytesUntilFast what must move before it is fast again: its hot pages at its last eviction,
 *     else all that is resident
 * @param stays why it must not be evicted, if so
 */
record Candidate(
    String namespace,
    String name,
    int cpuMilli,
    long residentBytes,
    long bytesUntilFast,
    Optional<String> stays) {

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
