package io.hotfoot.agent.hints;

import io.hotfoot.agent.hints.HintSet.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.roaringbitmap.RoaringBitmap;

/**
 * Reads a hint set as docs/hint-format.md says, as hostile input: every fault is a {@link
 * HintFormatException}, in the order that is written there, and memory is bounded by the length of
 * the input.
 */
public final class HintSetReader {
  /** Longest set, bytes. */
  public static final int MAX_LENGTH = 64 << 20;

  private static final int MAGIC = 'H' | 'F' << 8 | 'H' << 16 | 'T' << 24;
  private static final int VERSION = 1;
  private static final int HEADER = 40;
  private static final int SECTION_HEAD = 12;
  private static final int TRAILER = 4;
  private static final int MAX_SECTIONS = 64;
  private static final long MAX_FRAMES = 1L << 28;

  private final ByteBuffer in;
  private final RoaringBitmap seen = new RoaringBitmap();

  private HintSetReader(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  public static HintSet read(byte[] bytes) throws HintFormatException {
    return new HintSetReader(bytes).read();
  }

  private HintSet read() throws HintFormatException {
    int size = in.capacity();
    expect(
        size >= HEADER + TRAILER,
        "length",
        size + " bytes, expected at least " + (HEADER + TRAILER));
    expect(in.getInt() == MAGIC, "magic", String.format("0x%08x, expected HFHT", in.getInt(0)));
    int version = Short.toUnsignedInt(in.getShort());
    expect(version == VERSION, "version", version + ", expected " + VERSION);
    int sections = Short.toUnsignedInt(in.getShort());
    final long frames = in.getLong();
    in.getLong(); // taken_ms says nothing to this agent
    final long windows = Integer.toUnsignedLong(in.getInt());
    final long collectMs = Integer.toUnsignedLong(in.getInt());
    checkLength(in.getLong(), size);
    checkChecksum(size - TRAILER);
    expect(sections <= MAX_SECTIONS, "sections", sections + ", expected at most " + MAX_SECTIONS);
    expect(
        frames >= 1 && frames <= MAX_FRAMES,
        "frames",
        Long.toUnsignedString(frames) + ", expected 1 to " + MAX_FRAMES);
    in.limit(size - TRAILER);
    List<Section> read = new ArrayList<>(sections);
    for (int i = 0; i < sections; i++) {
      read.add(section("section " + i, frames));
    }
    expect(
        !in.hasRemaining(),
        "sections",
        in.remaining() + " bytes left after " + sections + " sections");
    return new HintSet(frames, windows, collectMs, List.copyOf(read));
  }

  private static void checkLength(long length, int size) throws HintFormatException {
    expect(
        Long.compareUnsigned(length, MAX_LENGTH) <= 0,
        "length",
        Long.toUnsignedString(length) + ", expected at most " + MAX_LENGTH);
    expect(length == size, "length", length + ", but there are " + size + " bytes");
  }

  private void checkChecksum(int trailer) throws HintFormatException {
    CRC32C checksum = new CRC32C();
    checksum.update(in.array(), 0, trailer);
    int found = in.getInt(trailer);
    expect(
        found == (int) checksum.getValue(),
        "crc",
        String.format("0x%08x, expected 0x%08x", found, checksum.getValue()));
  }

  private Section section(String where, long frames) throws HintFormatException {
    expect(
        in.remaining() >= SECTION_HEAD,
        "sections",
        where + " has " + in.remaining() + " bytes, expected at least " + SECTION_HEAD);
    HintClass hintClass = HintClass.of(Byte.toUnsignedInt(in.get()), where);
    int heat = Byte.toUnsignedInt(in.get());
    int zero = Short.toUnsignedInt(in.getShort());
    expect(zero == 0, "zero", where + " has " + zero + ", expected 0");
    final long pages = Integer.toUnsignedLong(in.getInt());
    long bytes = Integer.toUnsignedLong(in.getInt());
    expect(
        bytes <= in.remaining(),
        "bytes",
        where + " says " + bytes + ", but " + in.remaining() + " are left");
    ByteBuffer set = in.slice(in.position(), (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + (int) bytes);
    return new Section(hintClass, heat, bitmap(set, where, pages, frames));
  }

  private RoaringBitmap bitmap(ByteBuffer set, String where, long pages, long frames)
      throws HintFormatException {
    RoaringChecker checker = new RoaringChecker(set.duplicate().order(set.order()), where);
    int used = checker.check();
    expect(
        used == set.capacity(),
        "bytes",
        where + " says " + set.capacity() + ", but the bitmap has " + used);
    expect(
        pages == checker.cardinality(),
        "pages",
        where + " says " + pages + " and has " + checker.cardinality());
    expect(
        checker.last() < frames,
        "frame",
        where + " holds frame " + checker.last() + ", expected below " + frames);
    RoaringBitmap bitmap = new RoaringBitmap();
    try {
      bitmap.deserialize(set);
    } catch (IOException e) {
      throw new UncheckedIOException("a checked bitmap does not parse", e);
    }
    expect(
        !RoaringBitmap.intersects(seen, bitmap),
        "overlap",
        where + " holds a frame of an earlier section");
    seen.or(bitmap);
    return bitmap;
  }

  private static void expect(boolean condition, String field, String message)
      throws HintFormatException {
    if (!condition) {
      throw new HintFormatException(field, message);
    }
  }
}
