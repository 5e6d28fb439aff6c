package io.hotfoot.agent.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.agent.hints.HintClass;
import io.hotfoot.agent.hints.HintSetReader;
import io.hotfoot.agent.hints.HintSetWriter;
import io.hotfoot.agent.hints.PullList;
import io.hotfoot.agent.sys.Smaps.Range;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.RamSegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class HugeExtentsTest {
  private static final long MIB = 1 << 20;

  /** Frames of 2 MiB. */
  private static final int HUGE = 512;

  private static final long LOW = 0x7f0000000000L;
  private static final long HIGH = 0x7f8000000000L;

  /** RAM from 0 to 5 MiB and, in a block of its own, from 8 to 12. */
  private static final RamLayout LAYOUT =
      new RamLayout(
          List.of(
              new RamSegment(0, 5 * HUGE / 2, "low", 6 * MIB, 0),
              new RamSegment(4 * HUGE, 2 * HUGE, "high", 8 * MIB, 2 * MIB)));

  @Test
  void thoseWithHotPagesComeFirstAndEachOnce() throws Exception {
    assertThat(
            extents(
                new HintSetWriter(6 * HUGE)
                    .section(HintClass.HOT, 9, RoaringBitmap.bitmapOf(5 * HUGE + 7))
                    .section(HintClass.HOT, 2, RoaringBitmap.bitmapOf(HUGE, HUGE + 3, 5 * HUGE))
                    .section(HintClass.KERNEL, 0, RoaringBitmap.bitmapOf(4 * HUGE))))
        .containsExactly(HIGH + 4 * MIB, LOW + 2 * MIB, LOW, HIGH + 2 * MIB);
  }

  @Test
  void whatIsNoWholeHugePageIsNone() throws Exception {
    RoaringBitmap inTheLastMib = RoaringBitmap.bitmapOf(2 * HUGE);
    assertThat(extents(new HintSetWriter(6 * HUGE).section(HintClass.HOT, 1, inTheLastMib)))
        .containsExactly(LOW, LOW + 2 * MIB, HIGH + 2 * MIB, HIGH + 4 * MIB);
  }

  private static List<Long> extents(HintSetWriter hints) throws Exception {
    GuestMemory memory =
        GuestMemory.locate(
            LAYOUT, List.of(new Range(LOW, LOW + 6 * MIB), new Range(HIGH, HIGH + 8 * MIB)));
    PullList list = PullList.of(HintSetReader.read(hints.bytes()), LAYOUT);
    List<Long> extents = new ArrayList<>();
    HugeExtents.hottestFirst(memory, list.cursor()).forEachRemaining((long e) -> extents.add(e));
    return extents;
  }
}
