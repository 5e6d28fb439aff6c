package io.hotfoot.agent.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Set;

/**
 * Puts pages of 4 KiB of another process's memory together to huge ones of {@value #BYTES} bytes:
 * {@code process_madvise(2)} with MADV_COLLAPSE ({@code madvise(2)}, Linux 6.1). What is not
 * present of a huge page is filled with zeros and takes memory from then on.
 *
 * <p>Needs CAP_SYS_NICE, and CAP_SYS_PTRACE for another user's process. For one thread.
 */
public final class HugePageCollapse implements AutoCloseable {
  public static final long BYTES = 2L << 20;

  private static final int MADV_COLLAPSE = 25;

  /** Bytes of a {@code struct iovec}: an address and a length. */
  private static final long IOVEC = 16;

  /** Somebody uses the pages just now, or no huge page is free and none can be made. */
  private static final Set<Integer> NOT_NOW = Set.of(Errno.EAGAIN, Errno.ENOMEM, Errno.EBUSY);

  private static final MethodHandle PIDFD_OPEN =
      Libc.call("pidfd_open", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle PROCESS_MADVISE =
      Libc.call(
          "process_madvise",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      Libc.call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final String process;
  private final int pidfd;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = arena.allocate(Libc.captureLayout());
  private final MemorySegment range = arena.allocate(IOVEC, 8);

  /**
   * @throws Errno ESRCH: the process is gone
   */
  public HugePageCollapse(int pid) throws Errno {
    process = "process " + pid;
    try {
      pidfd = (int) PIDFD_OPEN.invokeExact(errno, pid, 0);
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
    if (pidfd < 0) {
      int why = Libc.errno(errno);
      arena.close();
      throw new Errno("pidfd_open of " + process, why);
    }
    range.set(JAVA_LONG, 8, BYTES);
  }

  /**
   * Has the huge page at this address made, which may be there already.
   *
   * @param address a multiple of {@value #BYTES}
   * @return false: not now, or nothing is mapped there
   * @throws Errno ESRCH: the process is gone; EINVAL: this memory, or this kernel, has no huge
   *     pages; EPERM: no right
   */
  public boolean collapse(long address) throws Errno {
    range.set(JAVA_LONG, 0, address);
    long advised;
    try {
      advised = (long) PROCESS_MADVISE.invokeExact(errno, pidfd, range, 1L, MADV_COLLAPSE, 0);
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
    if (advised == BYTES) {
      return true;
    }
    int why = Libc.errno(errno);
    if (NOT_NOW.contains(why)) {
      return false;
    }
    throw new Errno("process_madvise of " + process, why);
  }

  @Override
  public void close() {
    try {
      int ignored = (int) CLOSE.invokeExact(errno, pidfd);
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
    arena.close();
  }
}
