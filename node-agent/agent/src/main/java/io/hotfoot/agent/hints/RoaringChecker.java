package io.hotfoot.agent.hints;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Checks a serialized RoaringBitmap (RoaringFormatSpec) that comes from a guest: the library that
 * reads it trusts what it reads. Takes time and memory by the length of the input alone.
 */
final class RoaringChecker {
  private static final int COOKIE_WITHOUT_RUNS = 12346;
  private static final int COOKIE_WITH_RUNS = 12347;

  /** A container holds the frames that share their upper 16 bits. */
  private static final int CONTAINER_VALUES = 1 << 16;

  private static final int LARGEST_ARRAY = 4096;

  /** With runs, the offset header stands only where there are this many containers. */
  private static final int CONTAINERS_WITH_OFFSETS = 4;

  private final ByteBuffer in;
  private final String where;
  private long cardinality;
  private long last;

  /**
   * @param in little-endian, at the bitmap's first byte; its limit ends the set
   * @param where names the section in errors
   */
  RoaringChecker(ByteBuffer in, String where) {
    this.in = in;
    this.where = where;
  }

  /** Reads the whole bitmap. Returns how many bytes it has. */
  int check() throws HintFormatException {
    int start = in.position();
    try {
      checkContainers();
      return in.position() - start;
    } catch (BufferUnderflowException e) {
      throw refuse("the bitmap is cut off");
    }
  }

  long cardinality() {
    return cardinality;
  }

  /** The highest value. */
  long last() {
    return last;
  }

  private void checkContainers() throws HintFormatException {
    int cookie = in.getInt();
    byte[] runFlags = new byte[0];
    int containers;
    boolean offsets = true;
    if (cookie == COOKIE_WITHOUT_RUNS) {
      containers = in.getInt();
      if (containers < 1 || containers > CONTAINER_VALUES) {
        throw refuse(Integer.toUnsignedString(containers) + " containers, expected 1 to 65536");
      }
    } else if ((cookie & 0xffff) == COOKIE_WITH_RUNS) {
      containers = (cookie >>> 16) + 1;
      runFlags = new byte[(containers + 7) / 8];
      in.get(runFlags);
      offsets = containers >= CONTAINERS_WITH_OFFSETS;
    } else {
      throw refuse("cookie " + cookie + ", expected 12346 or 12347");
    }
    ByteBuffer heads = take(containers * 4);
    if (offsets) {
      take(containers * 4);
    }
    int previousKey = -1;
    for (int i = 0; i < containers; i++) {
      int key = Short.toUnsignedInt(heads.getShort());
      int size = Short.toUnsignedInt(heads.getShort()) + 1;
      if (key <= previousKey) {
        throw refuse("key " + key + " follows " + previousKey);
      }
      previousKey = key;
      boolean runs = i / 8 < runFlags.length && (runFlags[i / 8] >> i % 8 & 1) == 1;
      int highest =
          runs ? checkRuns(size) : size > LARGEST_ARRAY ? checkBits(size) : checkArray(size);
      cardinality += size;
      last = (long) key * CONTAINER_VALUES + highest;
    }
  }

  private int checkArray(int size) throws HintFormatException {
    int previous = -1;
    for (int i = 0; i < size; i++) {
      int value = Short.toUnsignedInt(in.getShort());
      if (value <= previous) {
        throw refuse("value " + value + " follows " + previous);
      }
      previous = value;
    }
    return previous;
  }

  private int checkBits(int size) throws HintFormatException {
    int found = 0;
    int highest = 0;
    for (int word = 0; word < CONTAINER_VALUES / Long.SIZE; word++) {
      long bits = in.getLong();
      found += Long.bitCount(bits);
      if (bits != 0) {
        highest = word * Long.SIZE + 63 - Long.numberOfLeadingZeros(bits);
      }
    }
    return sameSize(size, found, highest);
  }

  private int checkRuns(int size) throws HintFormatException {
    int runs = Short.toUnsignedInt(in.getShort());
    int found = 0;
    int end = -1;
    for (int i = 0; i < runs; i++) {
      int start = Short.toUnsignedInt(in.getShort());
      int more = Short.toUnsignedInt(in.getShort());
      if (start <= end) {
        throw refuse("a run from " + start + " follows one to " + end);
      }
      end = start + more;
      if (end >= CONTAINER_VALUES) {
        throw refuse("a run ends at " + end + ", expected at most 65535");
      }
      found += more + 1;
    }
    return sameSize(size, found, end);
  }

  private int sameSize(int said, int found, int highest) throws HintFormatException {
    if (said != found) {
      throw refuse("a container says " + said + " values and has " + found);
    }
    return highest;
  }

  private ByteBuffer take(int bytes) {
    if (bytes > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer taken = in.slice(in.position(), bytes).order(in.order());
    in.position(in.position() + bytes);
    return taken;
  }

  private HintFormatException refuse(String why) {
    return new HintFormatException("set", where + ": " + why);
  }
}
