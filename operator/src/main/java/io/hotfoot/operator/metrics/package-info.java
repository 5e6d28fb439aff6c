/**
 * What Prometheus is told. docs/metrics.md is made from {@link io.hotfoot.operator.metrics.Metric}.
 */
package io.hotfoot.operator.metrics;
