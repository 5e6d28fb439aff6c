package io.hotfoot.agent.hints;

import io.hotfoot.agent.hints.HintSet.Section;
import java.util.Iterator;
import java.util.List;
import org.roaringbitmap.IntIterator;

/**
 * Hands out the frames of a pull list one by one, in order, to many threads. Allocates once a
 * section.
 */
public final class PullCursor {
  private static final long END = -1;

  /** A frame that is of class hot carries this bit. */
  private static final long HOT = 1L << 32;

  private final Iterator<Section> sections;
  private IntIterator frames;
  private long mark;

  PullCursor(List<Section> sections) {
    this.sections = sections.iterator();
  }

  /** The next frame, for the methods below to look at. */
  public synchronized long next() {
    while (frames == null || !frames.hasNext()) {
      if (!sections.hasNext()) {
        return END;
      }
      Section section = sections.next();
      frames = section.frames().getIntIterator();
      mark = section.hintClass() == HintClass.HOT ? HOT : 0;
    }
    return mark | Integer.toUnsignedLong(frames.next());
  }

  public static boolean isEnd(long next) {
    return next == END;
  }

  public static boolean isHot(long next) {
    return (next & HOT) != 0;
  }

  public static long gfn(long next) {
    return next & 0xffff_ffffL;
  }
}
