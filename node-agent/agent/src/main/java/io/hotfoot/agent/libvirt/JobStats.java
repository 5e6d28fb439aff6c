package io.hotfoot.agent.libvirt;

/**
 * A domain job, as {@code virDomainGetJobStats} and the event JOB_COMPLETED describe it. What
 * libvirt does not say is 0 or empty.
 *
 * @param phase what becomes of the job
 * @param migrationOut it moves the domain away
 * @param elapsedMs since the job began, ms
 * @param iteration QEMU's pass over memory, from 1
 * @param memoryTotal bytes
 * @param memoryProcessed bytes sent
 * @param memoryRemaining bytes
 * @param remoteFaults pages that the target asked for
 * @param downtimeMs how long the guest stood still, ms
 * @param error why it failed
 */
public record JobStats(
    Phase phase,
    boolean migrationOut,
    long elapsedMs,
    long iteration,
    long memoryTotal,
    long memoryProcessed,
    long memoryRemaining,
    long remoteFaults,
    long downtimeMs,
    String error) {

  public enum Phase {
    NONE,
    ACTIVE,
    COMPLETED,
    FAILED
  }

  private static final int OPERATION_MIGRATION_OUT = 5;

  static JobStats of(Phase phase, TypedParameters parameters) {
    return new JobStats(
        phase,
        parameters.number("operation") == OPERATION_MIGRATION_OUT,
        parameters.number("time_elapsed"),
        parameters.number("memory_iteration"),
        parameters.number("memory_total"),
        parameters.number("memory_processed"),
        parameters.number("memory_remaining"),
        parameters.number("memory_postcopy_requests"),
        parameters.number("downtime"),
        parameters.text("errmsg"));
  }

  /** QEMU moves memory now: the job is past libvirt's own preparations. */
  public boolean migrating() {
    return phase == Phase.ACTIVE && migrationOut && iteration > 0;
  }
}
