/** Evictions as OpenTelemetry traces: off unless an endpoint is named. */
package io.hotfoot.operator.tracing;
