package io.hotfoot.lab.guest;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long requests took, as a workload's client counted them.
 *
 * @param intervals in the order in which they ended
 */
public record Latencies(List<Interval> intervals) {
  public static final Latencies NONE = new Latencies(List.of());
  private static final double BUCKETS_PER_DOUBLING = 4;

  /**
   * Requests that were answered within a fraction of a second.
   *
   * @param wallMs when it ended, ms since 1970
   * @param counts for each k how many requests took at most 2^(k/4) µs, and more than 2^((k-1)/4)
   */
  record Interval(long wallMs, Map<Integer, Integer> counts) {}

  /**
   * What 99 % of the requests answered from one moment to another took at most, ms: at most 19 %
   * more than the truth. Null where there were none.
   */
  public Double p99Ms(long fromMs, long toMs) {
    var counts = new TreeMap<Integer, Long>();
    intervals.stream()
        .filter(interval -> interval.wallMs > fromMs && interval.wallMs <= toMs)
        .forEach(
            interval -> interval.counts.forEach((k, n) -> counts.merge(k, (long) n, Long::sum)));
    long all = counts.values().stream().mapToLong(Long::longValue).sum();
    long below = 0;
    for (var bucket : counts.entrySet()) {
      below += bucket.getValue();
      if (below >= 0.99 * all) {
        return Math.pow(2, bucket.getKey() / BUCKETS_PER_DOUBLING) / 1000;
      }
    }
    return null;
  }
}
