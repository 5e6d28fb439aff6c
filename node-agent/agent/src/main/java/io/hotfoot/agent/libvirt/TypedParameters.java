package io.hotfoot.agent.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** An array of libvirt's {@code virTypedParameter}: named numbers, truths and texts. */
final class TypedParameters {
  /** {@code struct { char field[80]; int type; union { … 8 bytes } value; }}. */
  private static final long SIZE = 96;

  private static final long TYPE = 80;
  private static final long VALUE = 88;
  private static final long LONGEST_TEXT = 64 << 10;

  private static final int TYPE_INT = 1;
  private static final int TYPE_UINT = 2;
  private static final int TYPE_LLONG = 3;
  private static final int TYPE_ULLONG = 4;
  private static final int TYPE_BOOLEAN = 6;
  private static final int TYPE_STRING = 7;

  private final Map<String, Long> numbers = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();

  /** Copies what is in the array, so that it may be freed. Doubles are left out: none is in use. */
  TypedParameters(MemorySegment array, int count) {
    MemorySegment all = array.reinterpret(SIZE * count);
    for (int i = 0; i < count; i++) {
      MemorySegment parameter = all.asSlice(i * SIZE, SIZE);
      String name = parameter.asSlice(0, TYPE).getString(0);
      switch (parameter.get(JAVA_INT, TYPE)) {
        case TYPE_INT -> numbers.put(name, (long) parameter.get(JAVA_INT, VALUE));
        case TYPE_UINT -> numbers.put(name, Integer.toUnsignedLong(parameter.get(JAVA_INT, VALUE)));
        case TYPE_LLONG, TYPE_ULLONG -> numbers.put(name, parameter.get(JAVA_LONG, VALUE));
        case TYPE_BOOLEAN -> numbers.put(name, (long) parameter.get(JAVA_BYTE, VALUE));
        case TYPE_STRING ->
            texts.put(name, parameter.get(ADDRESS, VALUE).reinterpret(LONGEST_TEXT).getString(0));
        default -> {}
      }
    }
  }

  /** 0 where there is none of this name. */
  long number(String name) {
    return numbers.getOrDefault(name, 0L);
  }

  /** Empty where there is none of this name. */
  String text(String name) {
    return texts.getOrDefault(name, "");
  }

  boolean has(String name) {
    return numbers.containsKey(name) || texts.containsKey(name);
  }
}
