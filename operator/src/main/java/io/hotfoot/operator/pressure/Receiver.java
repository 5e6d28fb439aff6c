package io.hotfoot.operator.pressure;

import java.util.Comparator;

/**
 * A node that could receive a VM; the less it is pressed, the earlier it comes.
 *
 * @param percent the most that it loses to waiting, by any of the policy's triggers
 * @param spareBytes memory that may still be taken there, VMs on their way counted in
 */
record Receiver(String node, int percent, long spareBytes) implements Comparable<Receiver> {
  private static final Comparator<Receiver> ORDER =
      Comparator.comparingInt(Receiver::percent)
          .thenComparing(Comparator.comparingLong(Receiver::spareBytes).reversed())
          .thenComparing(Receiver::node);

  @Override
  public int compareTo(Receiver other) {
    return ORDER.compare(this, other);
  }
}
