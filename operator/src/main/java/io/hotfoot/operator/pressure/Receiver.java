package io.hotfoot.operator.pressure;

import java.util.Comparator;

/**
 * A node that could receive a VM; the less it is pressed, the earlier it comes.
 *
 * @param percent the most that it loses to waiting, by any of the policy's triggers
 * @param spareBytes memory that may still be taken there, VMs on their way counted in
 * @param spareCpuMilli thousandths of a CPU that VMs leave there, likewise; a large number where
 *     the node does not tell how many CPUs it has
 */
record Receiver(String node, int percent, long spareBytes, long spareCpuMilli)
    implements Comparable<Receiver> {
  private static final Comparator<Receiver> ORDER =
      Comparator.comparingInt(Receiver::percent)
          .thenComparing(Comparator.comparingLong(Receiver::spareBytes).reversed())
          .thenComparing(Receiver::node);

  boolean hasRoomFor(Candidate vm) {
    return spareBytes >= vm.residentBytes() && spareCpuMilli >= vm.wantedCpuMilli();
  }

  @Override
  public int compareTo(Receiver other) {
    return ORDER.compare(this, other);
  }
}
