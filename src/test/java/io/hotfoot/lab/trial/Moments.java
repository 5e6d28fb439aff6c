package io.hotfoot.lab.trial;

/**
 * When the steps of one migration happened: wall clock, ms since 1970; null for what did not happen
 * (or was not seen). In the lab all clocks are one machine's; on a real cluster the nodes' clocks
 * must agree.
 *
 * @param requested the VMEviction or VMIM was created
 * @param jobStarted QEMU began to migrate: its first migration iteration
 * @param switched the source's virtual CPUs stopped, for good
 * @param resumed the target's virtual CPUs ran
 * @param hotResident every hinted page was resident on the target
 * @param ended the source had nothing left to send
 * @param served a Service led to the target
 */
public record Moments(
    long requested,
    Long jobStarted,
    Long switched,
    Long resumed,
    Long hotResident,
    Long ended,
    Long served) {

  /** Did the VM get there, all of it? */
  boolean arrived() {
    return jobStarted != null && switched != null && ended != null;
  }
}
