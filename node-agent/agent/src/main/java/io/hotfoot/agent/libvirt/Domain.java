package io.hotfoot.agent.libvirt;

import static io.hotfoot.agent.libvirt.Native.INT;
import static io.hotfoot.agent.libvirt.Native.LONG;
import static io.hotfoot.agent.libvirt.Native.POINTER;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * One VM as libvirt knows it. Valid until its connection is closed. Calls that need the domain's
 * job wait up to 30 s for it and then fail; on a migration's target they all do.
 */
public final class Domain {
  private static final MethodHandle GET_STATE =
      Native.intCall("virDomainGetState", POINTER, POINTER, POINTER, INT);
  private static final MethodHandle GET_JOB_STATS =
      Native.intCall("virDomainGetJobStats", POINTER, POINTER, POINTER, POINTER, INT);
  private static final MethodHandle FREE_PARAMETERS =
      Native.call("virTypedParamsFree", FunctionDescriptor.ofVoid(POINTER, INT));
  private static final MethodHandle SET_MAX_SPEED =
      Native.intCall("virDomainMigrateSetMaxSpeed", POINTER, LONG, INT);
  private static final MethodHandle START_POSTCOPY =
      Native.intCall("virDomainMigrateStartPostCopy", POINTER, INT);
  private static final MethodHandle MONITOR_COMMAND =
      Native.intCall("virDomainQemuMonitorCommand", POINTER, POINTER, POINTER, INT);
  private static final MethodHandle AGENT_COMMAND =
      Native.pointerCall("virDomainQemuAgentCommand", POINTER, POINTER, INT, INT);

  private static final int MAX_SPEED_POSTCOPY = 1;
  private static final int MONITOR_COMMAND_HMP = 1;
  private static final long MIB = 1 << 20;

  private final MemorySegment domain;

  Domain(MemorySegment domain) {
    this.domain = domain;
  }

  MemorySegment pointer() {
    return domain;
  }

  public DomainState state() throws LibvirtException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(JAVA_INT);
      MemorySegment reason = arena.allocate(JAVA_INT);
      Native.check("virDomainGetState", (int) GET_STATE.invokeExact(domain, state, reason, 0));
      return DomainState.of(state.get(JAVA_INT, 0), reason.get(JAVA_INT, 0));
    } catch (Throwable e) {
      throw Native.failure(e);
    }
  }

  /** The job that runs now; phase NONE where none does. */
  public JobStats jobStats() throws LibvirtException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment type = arena.allocate(JAVA_INT);
      MemorySegment array = arena.allocate(ADDRESS);
      MemorySegment count = arena.allocate(JAVA_INT);
      Native.check(
          "virDomainGetJobStats", (int) GET_JOB_STATS.invokeExact(domain, type, array, count, 0));
      MemorySegment parameters = array.get(ADDRESS, 0);
      int length = count.get(JAVA_INT, 0);
      try {
        return JobStats.of(phase(type.get(JAVA_INT, 0)), new TypedParameters(parameters, length));
      } finally {
        FREE_PARAMETERS.invokeExact(parameters, length);
      }
    } catch (Throwable e) {
      throw Native.failure(e);
    }
  }

  /** As virDomainJobType: 0 none, 1 and 2 active with and without a known end, 3 completed. */
  private static JobStats.Phase phase(int type) {
    return switch (type) {
      case 0 -> JobStats.Phase.NONE;
      case 1, 2 -> JobStats.Phase.ACTIVE;
      case 3 -> JobStats.Phase.COMPLETED;
      default -> JobStats.Phase.FAILED;
    };
  }

  /**
   * Limits the background stream of post-copy. Pages that the target asks for are not limited.
   *
   * @param bytesPerSecond 0: no limit; else rounded up to whole MiB/s, libvirt's unit
   */
  public void limitPostCopy(long bytesPerSecond) throws LibvirtException {
    long mib = Math.ceilDiv(bytesPerSecond, MIB);
    try {
      Native.check(
          "virDomainMigrateSetMaxSpeed",
          (int) SET_MAX_SPEED.invokeExact(domain, mib, MAX_SPEED_POSTCOPY));
    } catch (Throwable e) {
      throw Native.failure(e);
    }
  }

  /** Moves execution to the target now. Does no harm where that has happened already. */
  public void startPostCopy() throws LibvirtException {
    try {
      Native.check("virDomainMigrateStartPostCopy", (int) START_POSTCOPY.invokeExact(domain, 0));
    } catch (Throwable e) {
      throw Native.failure(e);
    }
  }

  /** What QEMU's human monitor answers. The domain is marked as tainted in libvirt's log. */
  public String humanMonitor(String command) throws LibvirtException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ADDRESS);
      Native.check(
          "virDomainQemuMonitorCommand " + command,
          (int)
              MONITOR_COMMAND.invokeExact(
                  domain, arena.allocateFrom(command), result, MONITOR_COMMAND_HMP));
      return Native.take(result.get(ADDRESS, 0));
    } catch (Throwable e) {
      throw Native.failure(e);
    }
  }

  /**
   * What the qemu-guest-agent answers. A guest whose agent is dead costs 5 s beside the time given:
   * libvirt first synchronises with it.
   *
   * @param json one command of the guest agent's protocol
   * @param timeoutSeconds at least 1
   */
  public String guestAgent(String json, int timeoutSeconds) throws LibvirtException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment reply =
          (MemorySegment)
              AGENT_COMMAND.invokeExact(domain, arena.allocateFrom(json), timeoutSeconds, 0);
      return Native.take(Native.check("virDomainQemuAgentCommand", reply));
    } catch (Throwable e) {
      throw Native.failure(e);
    }
  }
}
