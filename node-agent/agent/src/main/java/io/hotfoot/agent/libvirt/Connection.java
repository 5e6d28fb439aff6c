package io.hotfoot.agent.libvirt;

import static io.hotfoot.agent.libvirt.Native.INT;
import static io.hotfoot.agent.libvirt.Native.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection to one VM's libvirt daemon. A daemon that does not answer for {@value
 * #KEEPALIVE_SECONDS} × {@value #KEEPALIVE_COUNT} s is taken for dead: calls that wait for it then
 * fail. For one platform thread at a time.
 */
public final class Connection implements AutoCloseable {
  private static final int KEEPALIVE_SECONDS = 5;
  private static final int KEEPALIVE_COUNT = 3;

  private static final MethodHandle OPEN = Native.pointerCall("virConnectOpen", POINTER);
  private static final MethodHandle CLOSE = Native.intCall("virConnectClose", POINTER);
  private static final MethodHandle KEEPALIVE =
      Native.intCall("virConnectSetKeepAlive", POINTER, INT, INT);
  private static final MethodHandle IS_ALIVE = Native.intCall("virConnectIsAlive", POINTER);
  private static final MethodHandle LOOKUP =
      Native.pointerCall("virDomainLookupByName", POINTER, POINTER);
  private static final MethodHandle FREE_DOMAIN = Native.intCall("virDomainFree", POINTER);

  private final MemorySegment connection;
  private final List<DomainEvents> subscriptions = new ArrayList<>();
  private final List<Domain> domains = new ArrayList<>();

  private Connection(MemorySegment connection) {
    this.connection = connection;
  }

  /**
   * Connects to a session daemon, also another user's.
   *
   * @param socket its socket; at most 107 bytes long
   */
  public static Connection open(Path socket) throws LibvirtException {
    EventLoop.ensureRunning();
    String uri = "qemu+unix:///session?socket=" + socket;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment opened = (MemorySegment) OPEN.invokeExact(arena.allocateFrom(uri));
      Connection connection = new Connection(Native.check("connect to " + socket, opened));
      int ignored =
          (int) KEEPALIVE.invokeExact(connection.connection, KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
      return connection;
    } catch (Throwable e) {
      throw Native.failure(e);
    }
  }

  /** False once the daemon is gone or has stopped to answer. */
  public boolean alive() {
    try {
      return (int) IS_ALIVE.invokeExact(connection) == 1;
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * @throws LibvirtException NO_DOMAIN if there is none of this name
   */
  public Domain domain(String name) throws LibvirtException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found =
          (MemorySegment) LOOKUP.invokeExact(connection, arena.allocateFrom(name));
      Domain domain = new Domain(Native.check("look up domain " + name, found));
      domains.add(domain);
      return domain;
    } catch (Throwable e) {
      throw Native.failure(e);
    }
  }

  /** Tells this listener of the domain's events until the connection is closed. */
  public void listen(Domain domain, DomainListener listener) throws LibvirtException {
    subscriptions.add(new DomainEvents(connection, domain.pointer(), listener));
  }

  @Override
  public void close() {
    subscriptions.forEach(DomainEvents::close);
    try {
      for (Domain domain : domains) {
        int ignored = (int) FREE_DOMAIN.invokeExact(domain.pointer());
      }
      int ignored = (int) CLOSE.invokeExact(connection);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
