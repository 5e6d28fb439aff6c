package io.hotfoot.agent.target;

import io.hotfoot.agent.hints.PullCursor;
import io.hotfoot.agent.sys.HugePageCollapse;
import io.hotfoot.agent.sys.Smaps.Range;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.LongStream;

/** The parts of a guest's memory that can each be one huge page, by their addresses in QEMU. */
final class HugeExtents {
  private static final long BYTES = HugePageCollapse.BYTES;

  private HugeExtents() {}

  /**
   * First those that hold hot pages, in the order in which these were hinted; then the others from
   * low to high.
   *
   * @param hints from the first frame
   */
  static PrimitiveIterator.OfLong hottestFirst(GuestMemory memory, PullCursor hints) {
    List<Range> ranges = memory.ranges();
    LongStream hot =
        LongStream.generate(hints::next)
            .takeWhile(next -> !PullCursor.isEnd(next) && PullCursor.isHot(next))
            .map(next -> memory.address(PullCursor.gfn(next)))
            .map(address -> address - address % BYTES)
            .filter(extent -> ranges.stream().anyMatch(range -> holds(range, extent)));
    LongStream all = ranges.stream().flatMapToLong(HugeExtents::in);
    return LongStream.concat(hot, all).distinct().iterator();
  }

  private static boolean holds(Range range, long extent) {
    return extent >= range.start() && extent + BYTES <= range.end();
  }

  private static LongStream in(Range range) {
    return LongStream.range(Math.ceilDiv(range.start(), BYTES), range.end() / BYTES)
        .map(number -> number * BYTES);
  }
}
