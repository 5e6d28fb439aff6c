package io.hotfoot.agent.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Reads another process's memory: {@code process_vm_readv(2)}. Where the page is missing and
 * registered with a userfaultfd, the read waits until that process's handler has put the page
 * there.
 *
 * <p>One object serves one thread: its buffers are made once, so that a touch allocates nothing.
 * Needs CAP_SYS_PTRACE for another user's process.
 */
public final class ProcessMemory implements AutoCloseable {
  private static final MethodHandle PROCESS_VM_READV =
      Libc.call(
          "process_vm_readv",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG));

  /** Bytes of a {@code struct iovec}: an address and a length. */
  private static final long IOVEC = 16;

  private final int pid;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = arena.allocate(Libc.captureLayout());
  private final MemorySegment local = arena.allocate(IOVEC, 8);
  private final MemorySegment remote = arena.allocate(IOVEC, 8);

  public ProcessMemory(int pid) {
    this.pid = pid;
    MemorySegment sink = arena.allocate(1);
    local.set(ADDRESS, 0, sink);
    local.set(JAVA_LONG, 8, 1);
    remote.set(JAVA_LONG, 8, 1);
  }

  /**
   * Reads one byte at this address and forgets it. Returns when the page is there.
   *
   * @throws Errno ESRCH: the process is gone; EFAULT: nothing is mapped there; EPERM: no right
   */
  public void touch(long address) throws Errno {
    remote.set(JAVA_LONG, 0, address);
    long read;
    try {
      read = (long) PROCESS_VM_READV.invokeExact(errno, pid, local, 1L, remote, 1L, 0L);
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
    if (read != 1) {
      // A read of one byte is whole or fails.
      throw new Errno("process_vm_readv of process " + pid, Libc.errno(errno));
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
