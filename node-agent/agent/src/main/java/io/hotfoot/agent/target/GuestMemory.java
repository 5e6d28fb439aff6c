package io.hotfoot.agent.target;

import io.hotfoot.agent.sys.Smaps.Range;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.RamSegment;
import java.util.List;
import java.util.stream.IntStream;

/** Where a guest's page frames lie in the address space of its QEMU here. */
final class GuestMemory {
  private final long[] firstGfn;
  private final long[] endGfn;
  private final long[] address;

  private GuestMemory(int segments) {
    firstGfn = new long[segments];
    endGfn = new long[segments];
    address = new long[segments];
  }

  /** The blocks of this VM cannot be told from the mappings, or not yet. */
  static final class UnclearException extends Exception {
    private static final long serialVersionUID = 1;

    UnclearException(String message) {
      super(message);
    }
  }

  /**
   * Finds each RAM block by its size among the mappings that are registered for post-copy: the
   * target's monitor, which could tell, does not answer while a migration runs.
   *
   * @throws UnclearException if a block has no mapping of its size, or several
   */
  static GuestMemory locate(RamLayout layout, List<Range> registered) throws UnclearException {
    GuestMemory memory = new GuestMemory(layout.segments().size());
    for (int i = 0; i < memory.firstGfn.length; i++) {
      RamSegment segment = layout.segments().get(i);
      refuseTwins(layout, segment);
      memory.firstGfn[i] = segment.firstGfn();
      memory.endGfn[i] = segment.endGfn();
      memory.address[i] = mapping(segment, registered).start() + segment.blockOffset();
    }
    return memory;
  }

  private static void refuseTwins(RamLayout layout, RamSegment segment) throws UnclearException {
    for (RamSegment other : layout.segments()) {
      if (other.blockSize() == segment.blockSize() && !other.block().equals(segment.block())) {
        throw new UnclearException(
            "RAM blocks %s and %s are both of %d bytes and cannot be told apart"
                .formatted(segment.block(), other.block(), segment.blockSize()));
      }
    }
  }

  private static Range mapping(RamSegment segment, List<Range> registered) throws UnclearException {
    List<Range> sameSize =
        registered.stream().filter(r -> r.size() == segment.blockSize()).toList();
    if (sameSize.size() != 1) {
      throw new UnclearException(
          "RAM block %s of %d bytes: %d mappings of that size are registered for post-copy, expected 1"
              .formatted(segment.block(), segment.blockSize(), sameSize.size()));
    }
    return sameSize.getFirst();
  }

  /** What lies in one piece in the guest and in QEMU, by its addresses there. */
  List<Range> ranges() {
    return IntStream.range(0, address.length)
        .mapToObj(
            i -> new Range(address[i], address[i] + (endGfn[i] - firstGfn[i]) * RamLayout.PAGE))
        .toList();
  }

  /**
   * The address of this frame.
   *
   * @throws IllegalArgumentException if it is no RAM
   */
  long address(long gfn) {
    for (int i = 0; i < firstGfn.length; i++) {
      if (gfn >= firstGfn[i] && gfn < endGfn[i]) {
        return address[i] + (gfn - firstGfn[i]) * RamLayout.PAGE;
      }
    }
    throw new IllegalArgumentException("frame " + gfn + " is no RAM");
  }
}
