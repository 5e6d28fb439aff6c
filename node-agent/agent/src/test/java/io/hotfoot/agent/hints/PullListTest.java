package io.hotfoot.agent.hints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.RamSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class PullListTest {
  /** RAM in frames 0 to 159 and 256 to 1023. */
  private static final RamLayout LAYOUT =
      new RamLayout(
          List.of(
              new RamSegment(0, 160, "pc.ram", 1024 * 4096, 0),
              new RamSegment(256, 768, "pc.ram", 1024 * 4096, 256 * 4096)));

  @Test
  void keepsTheOrderOfSectionsAndLeavesOutWhatIsNoRam() throws Exception {
    PullList list =
        list(
            new HintSetWriter(1024)
                .section(HintClass.HOT, 2, RoaringBitmap.bitmapOf(300, 200))
                .section(HintClass.HOT, 1, RoaringBitmap.bitmapOf(7))
                .section(HintClass.KERNEL, 0, RoaringBitmap.bitmapOf(5, 1023)));
    assertThat(frames(list)).containsExactly(300L, 7L, 5L, 1023L);
    assertThat(list.pages()).isEqualTo(4);
    assertThat(list.hotPages()).isEqualTo(2);
    assertThat(list.classPages()).isEqualTo(Map.of("hot", 2L, "kernel", 2L));
  }

  @Test
  void neverPullsOtherMemory() throws Exception {
    PullList list =
        list(
            new HintSetWriter(1024)
                .section(HintClass.CACHE, 0, RoaringBitmap.bitmapOf(1))
                .section(HintClass.OTHER, 0, RoaringBitmap.bitmapOf(2)));
    assertThat(frames(list)).containsExactly(1L);
  }

  @Test
  void marksHotFrames() throws Exception {
    PullCursor cursor =
        list(new HintSetWriter(1024)
                .section(HintClass.HOT, 1, RoaringBitmap.bitmapOf(1))
                .section(HintClass.KERNEL, 0, RoaringBitmap.bitmapOf(2)))
            .cursor();
    assertThat(PullCursor.isHot(cursor.next())).isTrue();
    assertThat(PullCursor.isHot(cursor.next())).isFalse();
    assertThat(PullCursor.isEnd(cursor.next())).isTrue();
    assertThat(PullCursor.isEnd(cursor.next())).isTrue();
  }

  @Test
  void anEmptySetIsAnEmptyList() throws Exception {
    assertThat(list(new HintSetWriter(1024)).pages()).isZero();
  }

  @Test
  void refusesTheHintsOfAGuestWithMoreMemory() {
    assertThatThrownBy(() -> list(new HintSetWriter(1025)))
        .isInstanceOf(HintFormatException.class)
        .hasMessageContaining("frames below 1025")
        .hasMessageContaining("ends at frame 1024");
  }

  private static PullList list(HintSetWriter writer) throws HintFormatException {
    return PullList.of(HintSetReader.read(writer.bytes()), LAYOUT);
  }

  private static List<Long> frames(PullList list) {
    List<Long> frames = new ArrayList<>();
    PullCursor cursor = list.cursor();
    for (long next = cursor.next(); !PullCursor.isEnd(next); next = cursor.next()) {
      frames.add(PullCursor.gfn(next));
    }
    return frames;
  }
}
