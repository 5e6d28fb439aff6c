package io.hotfoot.agent.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Who listens on a unix socket: {@code connect(2)} and {@code SO_PEERCRED} of {@code unix(7)}.
 *
 * <p>A socket address holds 108 bytes and paths under /var/lib/kubelet are longer, so the folder is
 * opened and the socket is named through {@code /proc/self/fd/<folder>/<name>}.
 */
public final class UnixPeer {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int O_PATH = 0x200000;
  private static final int O_DIRECTORY = 0x10000;
  private static final int O_CLOEXEC = 0x80000;

  /** {@code struct sockaddr_un}: a family of two bytes, then the path with its final zero. */
  private static final int SOCKADDR = 110;

  private static final int PATH_OFFSET = 2;

  /** {@code struct ucred}: pid, uid, gid. */
  private static final int UCRED = 12;

  private static final MethodHandle OPEN =
      Libc.call("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SOCKET =
      Libc.call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CONNECT =
      Libc.call("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKOPT =
      Libc.call(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle CLOSE =
      Libc.call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private UnixPeer() {}

  /**
   * The process that called {@code listen} on this socket, as this process's PID namespace numbers
   * it. Does not wait: a listener whose queue is full is an error.
   *
   * @throws Errno if nobody listens, or this process may not connect
   * @throws IOException if the listener lives in a PID namespace that cannot be seen from here
   */
  public static int pidOf(Path socket) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(Libc.captureLayout());
      int folder = open(arena, errno, socket.getParent());
      try {
        int fd =
            check(
                "socket",
                errno,
                (int)
                    SOCKET.invokeExact(
                        errno, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        try {
          String name = "/proc/self/fd/" + folder + "/" + socket.getFileName();
          MemorySegment address = address(arena, name);
          check(
              "connect " + socket,
              errno,
              (int) CONNECT.invokeExact(errno, fd, address, (int) address.byteSize()));
          MemorySegment credentials = arena.allocate(UCRED, 4);
          MemorySegment length = arena.allocateFrom(JAVA_INT, UCRED);
          check(
              "getsockopt SO_PEERCRED of " + socket,
              errno,
              (int)
                  GETSOCKOPT.invokeExact(errno, fd, SOL_SOCKET, SO_PEERCRED, credentials, length));
          int pid = credentials.get(JAVA_INT, 0);
          if (pid <= 0) {
            throw new IOException(
                socket
                    + ": its listener is in another PID namespace; does this pod run with hostPID?");
          }
          return pid;
        } finally {
          int ignored = (int) CLOSE.invokeExact(errno, fd);
        }
      } finally {
        int ignored = (int) CLOSE.invokeExact(errno, folder);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
  }

  private static int open(Arena arena, MemorySegment errno, Path folder) throws Throwable {
    MemorySegment path = arena.allocateFrom(folder.toString());
    return check(
        "open " + folder,
        errno,
        (int) OPEN.invokeExact(errno, path, O_PATH | O_DIRECTORY | O_CLOEXEC));
  }

  private static MemorySegment address(Arena arena, String path) throws IOException {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= SOCKADDR - PATH_OFFSET) {
      throw new IOException(path + ": longer than a socket address");
    }
    MemorySegment address = arena.allocate(SOCKADDR, 2);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, PATH_OFFSET, bytes.length);
    return address;
  }

  private static int check(String call, MemorySegment errno, int result) throws Errno {
    if (result < 0) {
      throw new Errno(call, Libc.errno(errno));
    }
    return result;
  }
}
