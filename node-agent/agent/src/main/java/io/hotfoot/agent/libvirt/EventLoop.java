package io.hotfoot.agent.libvirt;

import static io.hotfoot.agent.libvirt.Native.POINTER;
import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.jboss.logging.Logger;

/**
 * libvirt's default event loop on one daemon thread of its own, for all connections: it delivers
 * events and keepalives. Must run before the first connection is opened. What it calls back must
 * return soon and must not call libvirt.
 */
final class EventLoop {
  private static final Logger LOG = Logger.getLogger(EventLoop.class);
  private static final MethodHandle INITIALIZE = Native.intCall("virInitialize");
  private static final MethodHandle SET_ERROR_FUNC =
      Native.call("virSetErrorFunc", FunctionDescriptor.ofVoid(POINTER, POINTER));
  private static final MethodHandle REGISTER = Native.intCall("virEventRegisterDefaultImpl");
  private static final MethodHandle RUN = Native.intCall("virEventRunDefaultImpl");

  static {
    try {
      // Errors come as exceptions; by default libvirt also prints each one.
      MemorySegment silence =
          Native.callback(
              MethodHandles.lookup(), "ignoreError", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
      SET_ERROR_FUNC.invokeExact(MemorySegment.NULL, silence);
      Native.check("virInitialize", (int) INITIALIZE.invokeExact());
      Native.check("virEventRegisterDefaultImpl", (int) REGISTER.invokeExact());
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
    Thread.ofPlatform().daemon().name("libvirt-events").start(EventLoop::run);
  }

  private EventLoop() {}

  /** Returns when the loop runs: loading this class started it. */
  static void ensureRunning() {}

  private static void run() {
    while (true) {
      try {
        Native.check("virEventRunDefaultImpl", (int) RUN.invokeExact());
      } catch (Throwable e) {
        LOG.error("libvirt's event loop failed; going on", e);
      }
    }
  }

  @SuppressWarnings("unused") // called from C
  private static void ignoreError(MemorySegment data, MemorySegment error) {}
}
