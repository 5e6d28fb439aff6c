package io.hotfoot.operator.pressure;

/**
 * A node that could receive a VM.
 *
 * @param percent the most that it loses to waiting, by any of the policy's triggers
 * @param spareBytes memory that may still be taken there, VMs on their way counted in
 */
record Receiver(String node, int percent, long spareBytes) {}
