package io.hotfoot.agent.libvirt;

import static io.hotfoot.agent.libvirt.Native.INT;
import static io.hotfoot.agent.libvirt.Native.POINTER;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.hotfoot.agent.libvirt.DomainListener.Lifecycle;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One domain's subscription to libvirt's events. libvirt calls one C function for all subscriptions
 * of a kind and hands it a number by which the listener is found: nothing that C holds can dangle.
 */
final class DomainEvents implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DomainEvents.class);

  private static final int LIFECYCLE = 0;
  private static final int MIGRATION_ITERATION = 20;
  private static final int JOB_COMPLETED = 21;

  private static final int SUSPENDED = 3;
  private static final int SUSPENDED_POSTCOPY = 7;
  private static final int SUSPENDED_POSTCOPY_FAILED = 8;
  private static final int STOPPED = 5;
  private static final int STOPPED_MIGRATED = 3;

  private static final MethodHandle REGISTER =
      Native.intCall(
          "virConnectDomainEventRegisterAny", POINTER, POINTER, INT, POINTER, POINTER, POINTER);
  private static final MethodHandle DEREGISTER =
      Native.intCall("virConnectDomainEventDeregisterAny", POINTER, INT);

  private static final Map<Long, DomainListener> LISTENERS = new ConcurrentHashMap<>();
  private static final AtomicLong NEXT_NUMBER = new AtomicLong(1);

  private static final MemorySegment ON_LIFECYCLE =
      Native.callback(
          MethodHandles.lookup(),
          "onLifecycle",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MemorySegment ON_ITERATION =
      Native.callback(
          MethodHandles.lookup(),
          "onIteration",
          FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
  private static final MemorySegment ON_JOB_COMPLETED =
      Native.callback(
          MethodHandles.lookup(),
          "onJobCompleted",
          FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS));

  private final MemorySegment connection;
  private final long number = NEXT_NUMBER.getAndIncrement();
  private final int[] registered;

  DomainEvents(MemorySegment connection, MemorySegment domain, DomainListener listener)
      throws LibvirtException {
    this.connection = connection;
    LISTENERS.put(number, listener);
    // If the second or third fails, closing the connection ends the first; the listener just stays
    // unused.
    this.registered =
        new int[] {
          register(domain, LIFECYCLE, ON_LIFECYCLE),
          register(domain, MIGRATION_ITERATION, ON_ITERATION),
          register(domain, JOB_COMPLETED, ON_JOB_COMPLETED)
        };
  }

  private int register(MemorySegment domain, int event, MemorySegment callback)
      throws LibvirtException {
    try {
      return Native.check(
          "virConnectDomainEventRegisterAny " + event,
          (int)
              REGISTER.invokeExact(
                  connection,
                  domain,
                  event,
                  callback,
                  MemorySegment.ofAddress(number),
                  MemorySegment.NULL));
    } catch (LibvirtException e) {
      LISTENERS.remove(number);
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  @Override
  public void close() {
    LISTENERS.remove(number);
    for (int id : registered) {
      try {
        int ignored = (int) DEREGISTER.invokeExact(connection, id);
      } catch (Throwable e) {
        throw Native.unexpected(e);
      }
    }
  }

  @SuppressWarnings("unused") // called from C
  private static int onLifecycle(
      MemorySegment connection, MemorySegment domain, int event, int detail, MemorySegment number) {
    tell(
        number,
        listener -> {
          if (event == SUSPENDED && detail == SUSPENDED_POSTCOPY) {
            listener.lifecycle(Lifecycle.SWITCHED);
          } else if (event == SUSPENDED && detail == SUSPENDED_POSTCOPY_FAILED) {
            listener.lifecycle(Lifecycle.POSTCOPY_FAILED);
          } else if (event == STOPPED) {
            listener.lifecycle(detail == STOPPED_MIGRATED ? Lifecycle.MIGRATED : Lifecycle.STOPPED);
          }
        });
    return 0;
  }

  @SuppressWarnings("unused") // called from C
  private static void onIteration(
      MemorySegment connection, MemorySegment domain, int iteration, MemorySegment number) {
    tell(number, listener -> listener.iterationBegan(iteration));
  }

  @SuppressWarnings("unused") // called from C
  private static void onJobCompleted(
      MemorySegment connection,
      MemorySegment domain,
      MemorySegment parameters,
      int count,
      MemorySegment number) {
    tell(
        number,
        listener -> {
          TypedParameters values = new TypedParameters(parameters, count);
          boolean failed = values.has("success") && values.number("success") == 0;
          listener.jobEnded(
              JobStats.of(failed ? JobStats.Phase.FAILED : JobStats.Phase.COMPLETED, values));
        });
  }

  /** An exception must not reach C: it would end the JVM. */
  private static void tell(MemorySegment number, Consumer<DomainListener> event) {
    try {
      DomainListener listener = LISTENERS.get(number.address());
      if (listener != null) {
        event.accept(listener);
      }
    } catch (Throwable e) {
      LOG.error("an event of libvirt's was lost", e);
    }
  }
}
