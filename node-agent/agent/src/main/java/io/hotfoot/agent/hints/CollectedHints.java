package io.hotfoot.agent.hints;

import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.vm.RamLayout;

/**
 * A VM's checked hints.
 *
 * @param source who gave them
 * @param bytes the hint set, as docs/hint-format.md says
 * @param layout of the VM's memory when they were taken
 * @param list what is to be pulled of it
 * @param tookMs how long collecting took, ms
 * @param ageMs how long ago that was, ms; 0: just now
 */
public record CollectedHints(
    HintSource source, byte[] bytes, RamLayout layout, PullList list, long tookMs, long ageMs) {
  /** The same, out of {@link HintMemory}. */
  CollectedHints remembered(long age) {
    return new CollectedHints(HintSource.HINT_SOURCE_MEMORY, bytes, layout, list, tookMs, age);
  }
}
