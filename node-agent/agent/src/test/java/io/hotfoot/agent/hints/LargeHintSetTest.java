package io.hotfoot.agent.hints;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.RamSegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/**
 * A guest of 64 GiB that hints at all of its memory, without any pattern: the agent reads that
 * while other VMs want its node's CPU and memory.
 */
class LargeHintSetTest {
  private static final int FRAMES = 16 << 20;
  private static final int SECTIONS = 52;
  private static final long MOST_GARBAGE = 64 << 20;
  private static final RamLayout LAYOUT =
      new RamLayout(List.of(new RamSegment(0, FRAMES, "pc.ram", FRAMES * 4096L, 0)));

  @Test
  void isReadAndOrderedWithLittleGarbage() throws HintFormatException {
    byte[] hints = hints();
    PullList.of(HintSetReader.read(hints), LAYOUT); // loads the classes
    long before = allocated();
    PullList list = PullList.of(HintSetReader.read(hints), LAYOUT);
    long garbage = allocated() - before;
    assertThat(list.pages()).isEqualTo(FRAMES);
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

  /** Each frame is in one of four sections, by chance. */
  private static byte[] hints() {
    HintClass[] classes = {HintClass.HOT, HintClass.HOT, HintClass.KERNEL, HintClass.HUGE};
    RoaringBitmap[] frames = new RoaringBitmap[classes.length];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = new RoaringBitmap();
    }
    Random random = new Random(1);
    for (int frame = 0; frame < FRAMES; frame++) {
      frames[random.nextInt(frames.length)].add(frame);
    }
    HintSetWriter writer = new HintSetWriter(FRAMES);
    for (int i = 0; i < classes.length; i++) {
      writer.section(classes[i], classes.length - i, frames[i]);
    }
    return writer.bytes();
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().threadId());
  }
}
