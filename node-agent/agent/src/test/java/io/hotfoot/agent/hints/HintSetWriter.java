package io.hotfoot.agent.hints;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.roaringbitmap.RoaringBitmap;

/** Writes hint sets as a guest does: docs/hint-format.md. */
public final class HintSetWriter {
  private final long frames;
  private final List<byte[]> sections = new ArrayList<>();

  public HintSetWriter(long frames) {
    this.frames = frames;
  }

  public HintSetWriter section(HintClass hintClass, int heat, RoaringBitmap set) {
    ByteBuffer out = buffer(12 + set.serializedSizeInBytes());
    out.put((byte) (hintClass.ordinal() + 1)).put((byte) heat).putShort((short) 0);
    out.putInt(set.getCardinality()).putInt(set.serializedSizeInBytes());
    set.serialize(out);
    sections.add(out.array());
    return this;
  }

  public byte[] bytes() {
    int length = 44 + sections.stream().mapToInt(s -> s.length).sum();
    ByteBuffer out = buffer(length);
    out.put("HFHT".getBytes()).putShort((short) 1).putShort((short) sections.size());
    out.putLong(frames).putLong(1_700_000_000_000L).putInt(8).putInt(170).putLong(length);
    sections.forEach(out::put);
    CRC32C checksum = new CRC32C();
    checksum.update(out.array(), 0, length - 4);
    out.putInt((int) checksum.getValue());
    return out.array();
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
