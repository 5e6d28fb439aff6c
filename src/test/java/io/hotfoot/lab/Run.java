package io.hotfoot.lab;

/**
 * What was seen of one way.
 *
 * @param moments when its steps happened
 * @param throughput from before the request until the guest had settled, or until the way was cut
 *     off
 * @param hints null where the way used none
 * @param latencies of the requests that the guest served; empty where it has no client
 */
record Run(Way way, Moments moments, Throughput throughput, UsedHints hints, Latencies latencies) {
  Run(Way way, Moments moments, Throughput throughput, UsedHints hints) {
    this(way, moments, throughput, hints, Latencies.NONE);
  }
}
