package io.hotfoot.agent.hints;

import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.RamSegment;
import java.util.List;
import java.util.Random;
import org.roaringbitmap.RoaringBitmap;

/** What a guest of 64 GiB tells that hints at all of its memory, without any pattern. */
final class LargeHintSet {
  static final int FRAMES = 16 << 20;
  static final RamLayout LAYOUT =
      new RamLayout(List.of(new RamSegment(0, FRAMES, "pc.ram", FRAMES * 4096L, 0)));

  private LargeHintSet() {}

  /** Each frame is in one of four sections, by chance. */
  static byte[] bytes() {
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
}
