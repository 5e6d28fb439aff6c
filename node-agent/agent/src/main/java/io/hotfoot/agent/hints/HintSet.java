package io.hotfoot.agent.hints;

import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * What a guest tells about its memory, checked: docs/hint-format.md.
 *
 * @param frames the guest's frame numbers are all below this; 1 to 2^28
 * @param windows number of observation windows
 * @param collectMs time that the guest spent collecting, ms
 * @param sections disjoint, in the order in which to pull them
 */
public record HintSet(long frames, long windows, long collectMs, List<Section> sections) {

  /**
   * Page frames of one class and heat.
   *
   * @param heat 0 to 255, higher is hotter
   */
  public record Section(HintClass hintClass, int heat, RoaringBitmap frames) {}
}
