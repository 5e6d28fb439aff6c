package io.hotfoot.agent.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.agent.hints.HintClass;
import io.hotfoot.agent.hints.HintFormatException;
import io.hotfoot.agent.hints.HintSetReader;
import io.hotfoot.agent.hints.HintSetWriter;
import io.hotfoot.agent.hints.PullCursor;
import io.hotfoot.agent.hints.PullList;
import io.hotfoot.agent.sys.Smaps.Range;
import io.hotfoot.agent.target.GuestMemory.UnclearException;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.RamSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.roaringbitmap.RoaringBitmap;

/**
 * Whatever a guest hints, each address that is touched lies in that guest's RAM: over layouts of
 * several blocks (NUMA nodes, hot-plugged memory) with holes in the guest's addresses and parts of
 * blocks that are no RAM to it (ROM, the frame buffer's window).
 */
class PullStaysInRamTest {
  private static final int PAGE = RamLayout.PAGE;
  private static final int MOST_PAGES = 3000;

  private final List<RamSegment> segments = new ArrayList<>();
  private final List<Range> mappings = new ArrayList<>();

  @RepeatedTest(300)
  void noHintLeadsOutsideTheGuestsRam(RepetitionInfo repetition)
      throws HintFormatException, UnclearException {
    Random random = new Random(repetition.getCurrentRepetition());
    makeLayout(random);
    RamLayout layout = new RamLayout(segments);
    PullList list = PullList.of(HintSetReader.read(anyHints(random, layout.frames())), layout);

    GuestMemory memory = GuestMemory.locate(layout, mappings);

    long pulled = 0;
    PullCursor cursor = list.cursor();
    for (long next = cursor.next(); !PullCursor.isEnd(next); next = cursor.next()) {
      assertIsRam(PullCursor.gfn(next), memory.address(PullCursor.gfn(next)));
      pulled++;
    }
    assertThat(pulled).isEqualTo(list.pages()).isLessThanOrEqualTo(layout.bytes() / PAGE);
  }

  /** One to four blocks of different sizes, each in one to three pieces. */
  private void makeLayout(Random random) {
    long gfn = random.nextInt(3);
    long address = 0x7f00_0000_0000L;
    for (int block = 1 + random.nextInt(4); block > 0; block--) {
      long pages = 64L * (1 + random.nextInt(20)) + block; // no two blocks are of one size
      long bytes = pages * PAGE;
      long offset = 0;
      for (int piece = 1 + random.nextInt(3); piece > 0 && offset < pages; piece--) {
        long length = 1 + random.nextLong(pages - offset);
        segments.add(new RamSegment(gfn, length, "block" + block, bytes, offset * PAGE));
        gfn += length + random.nextInt(MOST_PAGES);
        offset += length + random.nextInt(10); // what is left out is ROM, say
      }
      mappings.add(new Range(address, address + bytes));
      address += bytes + PAGE * random.nextLong(100);
    }
  }

  /** All that the format lets a guest say of frames below the end of its memory. */
  private static byte[] anyHints(Random random, long frames) {
    HintSetWriter hints = new HintSetWriter(frames);
    RoaringBitmap said = new RoaringBitmap();
    for (HintClass hintClass : HintClass.values()) {
      RoaringBitmap set = new RoaringBitmap();
      for (int runs = 1 + random.nextInt(4); runs > 0; runs--) {
        long from = random.nextLong(frames);
        set.add(from, Math.min(frames, from + 1 + random.nextInt(MOST_PAGES)));
      }
      set.andNot(said);
      said.or(set);
      if (!set.isEmpty()) {
        hints.section(hintClass, random.nextInt(256), set);
      }
    }
    return hints.bytes();
  }

  private void assertIsRam(long gfn, long address) {
    for (RamSegment segment : segments) {
      if (gfn >= segment.firstGfn() && gfn < segment.endGfn()) {
        Range mapping =
            mappings.stream()
                .filter(it -> it.size() == segment.blockSize())
                .findFirst()
                .orElseThrow();
        long expected = mapping.start() + segment.blockOffset() + (gfn - segment.firstGfn()) * PAGE;
        assertThat(address).isEqualTo(expected).isBetween(mapping.start(), mapping.end() - PAGE);
        return;
      }
    }
    throw new AssertionError("frame " + gfn + " is no RAM and would be touched at " + address);
  }
}
