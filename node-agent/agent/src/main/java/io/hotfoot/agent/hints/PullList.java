package io.hotfoot.agent.hints;

import io.hotfoot.agent.hints.HintSet.Section;
import io.hotfoot.agent.vm.RamLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * The page frames to pull, in order: those of a hint set that are RAM of the VM, without the
 * classes that are never pulled. They stay compressed: a small set may name many frames.
 */
public final class PullList {
  private static final int PAGE_BYTES = 4096;

  private final List<Section> sections;

  private PullList(List<Section> sections) {
    this.sections = sections;
  }

  /**
   * @throws HintFormatException if the set speaks of more memory than the VM has: it is another
   *     guest's
   */
  public static PullList of(HintSet hints, RamLayout layout) throws HintFormatException {
    if (hints.frames() > layout.frames()) {
      throw new HintFormatException(
          "frames",
          "the hints speak of frames below %d, but the VM's memory ends at frame %d: are they this VM's?"
              .formatted(hints.frames(), layout.frames()));
    }
    RoaringBitmap ram = layout.bitmap();
    return new PullList(
        hints.sections().stream()
            .filter(s -> s.hintClass().pulled())
            .map(s -> new Section(s.hintClass(), s.heat(), RoaringBitmap.and(s.frames(), ram)))
            .filter(s -> !s.frames().isEmpty())
            .toList());
  }

  public long pages() {
    return sections.stream().mapToLong(s -> s.frames().getLongCardinality()).sum();
  }

  public long bytes() {
    return pages() * PAGE_BYTES;
  }

  public long hotPages() {
    return sections.stream()
        .filter(s -> s.hintClass() == HintClass.HOT)
        .mapToLong(s -> s.frames().getLongCardinality())
        .sum();
  }

  /** Pages by class, in pull order. */
  public Map<String, Long> classPages() {
    Map<String, Long> pages = new LinkedHashMap<>();
    for (Section section : sections) {
      pages.merge(section.hintClass().label(), section.frames().getLongCardinality(), Long::sum);
    }
    return pages;
  }

  /** From the first frame. */
  public PullCursor cursor() {
    return new PullCursor(sections);
  }
}
