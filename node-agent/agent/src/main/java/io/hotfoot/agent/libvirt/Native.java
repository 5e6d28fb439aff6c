package io.hotfoot.agent.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Handles to {@code libvirt.so.0} and {@code libvirt-qemu.so.0}, whose ABI is stable. libvirt keeps
 * its last error by thread, so a failed call must be asked about on the same platform thread: no
 * virtual threads here.
 */
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARIES =
      SymbolLookup.libraryLookup("libvirt.so.0", Arena.global())
          .or(SymbolLookup.libraryLookup("libvirt-qemu.so.0", Arena.global()))
          .or(LINKER.defaultLookup());

  /**
   * No message or document that this agent asks for may be longer: libvirt's own limit for a
   * string.
   */
  private static final long LONGEST_STRING = 4L << 20;

  /** {@code virError}: code, domain, message, and more that is not read. */
  private static final long ERROR_SIZE = 16;

  private static final long ERROR_MESSAGE = 8;

  private static final MethodHandle GET_LAST_ERROR =
      call("virGetLastError", FunctionDescriptor.of(ADDRESS));
  private static final MethodHandle FREE = call("free", FunctionDescriptor.ofVoid(ADDRESS));

  private Native() {}

  static MethodHandle call(String name, FunctionDescriptor signature) {
    return LINKER.downcallHandle(LIBRARIES.findOrThrow(name), signature);
  }

  /** {@code int name(arguments…)}. */
  static MethodHandle intCall(String name, MemoryLayout... arguments) {
    return call(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  /** {@code void *name(arguments…)}. */
  static MethodHandle pointerCall(String name, MemoryLayout... arguments) {
    return call(name, FunctionDescriptor.of(ADDRESS, arguments));
  }

  /** A C function that calls this static method of the caller's class, for ever. */
  static MemorySegment callback(
      MethodHandles.Lookup owner, String method, FunctionDescriptor signature) {
    try {
      MethodType type = signature.toMethodType();
      MethodHandle target = owner.findStatic(owner.lookupClass(), method, type);
      return LINKER.upcallStub(target, signature, Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** The text of a C string that libvirt allocated; frees it. */
  static String take(MemorySegment string) {
    try {
      return string.reinterpret(LONGEST_STRING).getString(0);
    } finally {
      free(string);
    }
  }

  static void free(MemorySegment pointer) {
    try {
      FREE.invokeExact(pointer);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Returns the result of a call that gives -1 where it fails. */
  static int check(String call, int result) throws LibvirtException {
    if (result < 0) {
      throw lastError(call);
    }
    return result;
  }

  /** Returns the result of a call that gives NULL where it fails. */
  static MemorySegment check(String call, MemorySegment result) throws LibvirtException {
    if (result.address() == 0) {
      throw lastError(call);
    }
    return result;
  }

  private static LibvirtException lastError(String call) {
    try {
      MemorySegment error = (MemorySegment) GET_LAST_ERROR.invokeExact();
      if (error.address() == 0) {
        return new LibvirtException(call, -1, "libvirt gave no reason");
      }
      MemorySegment fields = error.reinterpret(ERROR_SIZE);
      MemorySegment message = fields.get(ADDRESS, ERROR_MESSAGE);
      String text =
          message.address() == 0
              ? "libvirt gave no reason"
              : message.reinterpret(LONGEST_STRING).getString(0);
      return new LibvirtException(call, fields.get(JAVA_INT, 0), text);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** What to throw where a block with a downcall threw this: downcalls declare Throwable. */
  static LibvirtException failure(Throwable e) {
    if (e instanceof LibvirtException refused) {
      return refused;
    }
    throw unexpected(e);
  }

  /** A downcall handle declares Throwable but throws nothing of its own. */
  static AssertionError unexpected(Throwable e) {
    return new AssertionError("a downcall threw", e);
  }

  static final MemoryLayout POINTER = ADDRESS;
  static final MemoryLayout INT = JAVA_INT;
  static final MemoryLayout LONG = JAVA_LONG;
}
