package io.hotfoot.agent.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.agent.hints.HintClass;
import io.hotfoot.agent.hints.HintSetReader;
import io.hotfoot.agent.hints.HintSetWriter;
import io.hotfoot.agent.hints.PullList;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.RamSegment;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class PullProgressTest {
  private static final RamLayout LAYOUT =
      new RamLayout(List.of(new RamSegment(0, 16, "ram", 16 * 4096, 0)));

  private final AtomicInteger milestones = new AtomicInteger();

  @Test
  void notesTheHotPagesAndThenAll() throws Exception {
    PullProgress progress = progress(RoaringBitmap.bitmapOf(1, 2), RoaringBitmap.bitmapOf(3));
    progress.begin();
    progress.arrived(true);
    assertThat(progress.hotResidentMs()).isZero();
    progress.arrived(true);
    assertThat(progress.hotResidentMs()).isPositive();
    assertThat(progress.residentMs()).isZero();
    progress.arrived(false);
    assertThat(progress.done()).isTrue();
    assertThat(progress.residentMs()).isPositive();
    assertThat(milestones).hasValue(2);
  }

  @Test
  void aPageThatCannotBePulledIsDoneToo() throws Exception {
    PullProgress progress = progress(RoaringBitmap.bitmapOf(1), RoaringBitmap.bitmapOf(3));
    progress.failed(true);
    progress.arrived(false);
    assertThat(progress.done()).isTrue();
    assertThat(progress.resident()).isEqualTo(1);
    assertThat(progress.failed()).isEqualTo(1);
    assertThat(progress.hotResidentMs()).isPositive();
  }

  @Test
  void anEmptyListIsThereAtOnce() throws Exception {
    PullProgress progress =
        new PullProgress(
            list(new HintSetWriter(16)), Clock.systemUTC(), milestones::incrementAndGet);
    progress.begin();
    assertThat(progress.done()).isTrue();
    assertThat(progress.hotResidentMs()).isPositive();
  }

  @Test
  void afterAGoodEndAllIsThereAndNothingMore() throws Exception {
    PullProgress progress = progress(RoaringBitmap.bitmapOf(1, 2), RoaringBitmap.bitmapOf(3));
    progress.arrived(true);
    progress.allArrived();
    progress.arrived(true);
    assertThat(progress.resident()).isEqualTo(3);
    assertThat(progress.hotResident()).isEqualTo(2);
    assertThat(milestones).hasValue(2);
  }

  private PullProgress progress(RoaringBitmap hot, RoaringBitmap kernel) throws Exception {
    PullList list =
        list(
            new HintSetWriter(16)
                .section(HintClass.HOT, 1, hot)
                .section(HintClass.KERNEL, 0, kernel));
    return new PullProgress(list, Clock.systemUTC(), milestones::incrementAndGet);
  }

  private static PullList list(HintSetWriter writer) throws Exception {
    return PullList.of(HintSetReader.read(writer.bytes()), LAYOUT);
  }
}
