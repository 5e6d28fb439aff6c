package io.hotfoot.lab.trial;

import io.hotfoot.lab.guest.Latencies;
import io.hotfoot.lab.guest.Throughput;
import io.hotfoot.lab.move.UsedHints;

/**
 * What was seen of one way.
 *
 * @param moments when its steps happened
 * @param throughput from before the request until the guest had settled, or until the way was cut
 *     off
 * @param hints null where the way used none
 * @param latencies of the requests that the guest served; empty where it has no client
 */
public record Run(
    Way way, Moments moments, Throughput throughput, UsedHints hints, Latencies latencies) {
  public Run(Way way, Moments moments, Throughput throughput, UsedHints hints) {
    this(way, moments, throughput, hints, Latencies.NONE);
  }
}
