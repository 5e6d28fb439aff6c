package io.hotfoot.lab.guest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What a guest's workload got done, by the wall clock: the operations so far at each moment, put
 * together from the serial consoles on both sides of a migration.
 */
public final class Throughput {

  /**
   * One line of the workload, as a console showed it.
   *
   * @param wallMs when the console's node saw the line, ms since 1970
   * @param guestMs the guest's own clock, ms since the workload's start
   * @param operations operations since the workload's start
   */
  public record Reading(long wallMs, long guestMs, long operations) {
    Reading times(double factor) {
      return new Reading(wallMs, guestMs, Math.round(operations * factor));
    }

    Reading plus(long more) {
      return new Reading(wallMs, guestMs, operations + more);
    }
  }

  private final List<Reading> readings;

  private Throughput(List<Reading> readings) {
    this.readings = readings;
  }

  /**
   * Puts readings of any number of consoles in order. The guest's clock tells which are the same
   * line seen twice (the earlier sight counts). What goes back in time or in operations was garbled
   * on its way and is left out.
   */
  public static Throughput of(Collection<Reading> seen) {
    var sorted = new ArrayList<>(seen);
    sorted.sort(Comparator.comparingLong(Reading::guestMs).thenComparingLong(Reading::wallMs));
    var kept = new ArrayList<Reading>(sorted.size());
    for (var reading : sorted) {
      if (kept.isEmpty() || follows(kept.getLast(), reading)) {
        kept.add(reading);
      }
    }
    return new Throughput(List.copyOf(kept));
  }

  private static boolean follows(Reading before, Reading after) {
    return after.guestMs > before.guestMs
        && after.wallMs > before.wallMs
        && after.operations >= before.operations;
  }

  /** What two guests got done together, from when both had begun until the first fell silent. */
  public Throughput plus(Throughput other) {
    double from = Math.max(firstMs(), other.firstMs());
    double until = Math.min(lastMs(), other.lastMs());
    return new Throughput(
        readings.stream()
            .filter(it -> it.wallMs >= from && it.wallMs <= until)
            .map(it -> it.plus(Math.round(other.operationsAt(it.wallMs))))
            .toList());
  }

  /** Counted in another unit. */
  public Throughput times(double factor) {
    return new Throughput(readings.stream().map(it -> it.times(factor)).toList());
  }

  public boolean isEmpty() {
    return readings.isEmpty();
  }

  /** Wall clock of the first reading, ms since 1970. */
  long firstMs() {
    return readings.getFirst().wallMs;
  }

  /** Wall clock of the last reading, ms since 1970. */
  public long lastMs() {
    return readings.getLast().wallMs;
  }

  /**
   * Operations done until a moment, interpolated between the readings around it; before the first
   * and after the last reading, that reading's.
   */
  public double operationsAt(double wallMs) {
    int next = firstAtOrAfter(wallMs);
    if (next == 0) {
      return readings.getFirst().operations;
    }
    if (next == readings.size()) {
      return readings.getLast().operations;
    }
    var before = readings.get(next - 1);
    var after = readings.get(next);
    double passed = (wallMs - before.wallMs) / (after.wallMs - before.wallMs);
    return before.operations + passed * (after.operations - before.operations);
  }

  private int firstAtOrAfter(double wallMs) {
    int low = 0;
    int high = readings.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (readings.get(middle).wallMs < wallMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Mean rate between two moments, operations a second. */
  public double rate(double fromMs, double toMs) {
    return (operationsAt(toMs) - operationsAt(fromMs)) / (toMs - fromMs) * 1000;
  }
}
