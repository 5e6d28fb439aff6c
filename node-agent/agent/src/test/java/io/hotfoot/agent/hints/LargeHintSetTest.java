package io.hotfoot.agent.hints;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** The agent reads it while other VMs want its node's CPU and memory. */
class LargeHintSetTest {
  private static final int SECTIONS = 52;
  private static final long MOST_GARBAGE = 64 << 20;

  @Test
  void isReadAndOrderedWithLittleGarbage() throws HintFormatException {
    byte[] hints = LargeHintSet.bytes();
    PullList.of(HintSetReader.read(hints), LargeHintSet.LAYOUT); // loads the classes
    long before = allocated();
    PullList list = PullList.of(HintSetReader.read(hints), LargeHintSet.LAYOUT);
    long garbage = allocated() - before;
    assertThat(list.pages()).isEqualTo(LargeHintSet.FRAMES);
    assertThat(garbage).isLessThan(MOST_GARBAGE);
  }

  /**
   * A guest that means ill: the longest set that libvirt passes on, of parts that are dear to keep.
   */
  @Test
  void costsLittleEvenIfItIsMadeToCostMuch() throws HintFormatException {
    byte[] hints = manyRuns();
    HintSetReader.read(hints); // loads the classes
    long before = allocated();
    HintSet read = HintSetReader.read(hints);
    assertThat(read.sections()).hasSize(SECTIONS);
    assertThat(allocated() - before).isLessThan(MOST_GARBAGE);
  }

  /** One short run in each container that the format allows, in each section another. */
  private static byte[] manyRuns() {
    HintSetWriter writer = new HintSetWriter(1 << 28);
    for (int section = 0; section < SECTIONS; section++) {
      RoaringBitmap frames = new RoaringBitmap();
      for (long container = 0; container < 1 << 12; container++) {
        long first = (container << 16) + section * 1000L;
        frames.add(first, first + 500);
      }
      frames.runOptimize();
      writer.section(HintClass.HOT, SECTIONS - section, frames);
    }
    return writer.bytes();
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().threadId());
  }
}
