package io.hotfoot.agent.vm;

import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * Where the guest's page frames lie in QEMU's RAM blocks; the same on source and target. Segments
 * ascend, do not overlap, and lie inside their blocks.
 */
public record RamLayout(List<RamSegment> segments) {
  public static final int PAGE = 4096;

  /** Frame numbers are below this: 1 TiB. */
  public static final long MAX_FRAMES = 1L << 28;

  private static final int MAX_SEGMENTS = 1024;

  /**
   * @throws IllegalArgumentException naming the rule that is broken
   */
  public RamLayout {
    segments = List.copyOf(segments);
    require(!segments.isEmpty() && segments.size() <= MAX_SEGMENTS, "1 to 1024 segments", segments);
    long end = 0;
    for (RamSegment segment : segments) {
      require(segment.firstGfn() >= end, "segments that ascend and do not overlap", segment);
      require(segment.pages() >= 1 && segment.pages() <= MAX_FRAMES, "1 to 2^28 pages", segment);
      end = segment.endGfn();
      require(end <= MAX_FRAMES, "frames below 2^28", segment);
      long bytes = segment.pages() * PAGE;
      require(
          segment.blockOffset() >= 0
              && segment.blockOffset() % PAGE == 0
              && segment.blockOffset() <= segment.blockSize() - bytes,
          "a segment that lies inside its block",
          segment);
    }
  }

  private static void require(boolean condition, String expected, Object found) {
    if (!condition) {
      throw new IllegalArgumentException("RAM layout: expected " + expected + ", found " + found);
    }
  }

  /** The highest RAM frame + 1. */
  public long frames() {
    return segments.getLast().endGfn();
  }

  /** The guest's memory, bytes. */
  public long bytes() {
    return segments.stream().mapToLong(RamSegment::pages).sum() * PAGE;
  }

  /** All frames that are RAM. */
  public RoaringBitmap bitmap() {
    RoaringBitmap frames = new RoaringBitmap();
    segments.forEach(s -> frames.add(s.firstGfn(), s.endGfn()));
    return frames;
  }
}
