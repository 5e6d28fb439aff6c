package io.hotfoot.agent.vm;

/**
 * A run of guest page frames that lies in one piece in a RAM block of QEMU's.
 *
 * @param firstGfn first frame
 * @param pages number of frames, each 4096 bytes
 * @param block the RAM block's name
 * @param blockSize the block's whole size, bytes
 * @param blockOffset where in the block the first frame lies, bytes
 */
public record RamSegment(
    long firstGfn, long pages, String block, long blockSize, long blockOffset) {

  /** The first frame after it. */
  public long endGfn() {
    return firstGfn + pages;
  }
}
