package io.hotfoot.agent.vm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a VM's RAM layout from what QEMU's human monitor prints for {@code info mtree -f} and
 * {@code info ramblock}; the machine protocol has neither.
 */
public final class RamLayoutReader {
  /**
   * {@code <first>-<last> (prio 0, ram): <region> @<offset in it> KVM}, addresses in hexadecimal.
   */
  private static final Pattern RANGE =
      Pattern.compile(
          "\\s*([0-9a-f]{16})-([0-9a-f]{16}) \\(prio -?\\d+, ram\\): (\\S+)(?: @([0-9a-f]+))?(?: .*)?");

  /**
   * {@code <name> <page size> <offset> <used> <total> …}; the used length is what the guest sees.
   */
  private static final Pattern BLOCK =
      Pattern.compile("\\s*(\\S+)\\s+\\d+ \\S+\\s+0x[0-9a-f]+\\s+0x[0-9a-f]+\\s+0x([0-9a-f]+).*");

  private RamLayoutReader() {}

  /**
   * Blocks whose name differs from their region's belong to devices ({@code
   * 0000:00:02.0/vga.vram}): not RAM of the guest's.
   *
   * @throws IllegalArgumentException if there is no RAM in it
   */
  public static RamLayout read(String mtree, String ramblock) {
    Map<String, Long> blocks = blocks(ramblock);
    List<RamSegment> segments = new ArrayList<>();
    for (String line : systemMemory(mtree)) {
      Matcher range = RANGE.matcher(line);
      if (range.matches() && blocks.containsKey(range.group(3))) {
        add(segments, segment(range, blocks));
      }
    }
    return new RamLayout(segments);
  }

  private static Map<String, Long> blocks(String ramblock) {
    Map<String, Long> sizes = new HashMap<>();
    ramblock
        .lines()
        .map(BLOCK::matcher)
        .filter(Matcher::matches)
        .forEach(b -> sizes.put(b.group(1), Long.parseUnsignedLong(b.group(2), 16)));
    return sizes;
  }

  /** The lines of the flat view that the address space {@code memory} uses. */
  private static List<String> systemMemory(String mtree) {
    List<String> view = new ArrayList<>();
    boolean ours = false;
    for (String line : mtree.lines().toList()) {
      if (line.startsWith("FlatView")) {
        if (ours) {
          break;
        }
        view.clear();
      }
      ours |= line.startsWith(" AS \"memory\",");
      view.add(line);
    }
    return ours ? view : List.of();
  }

  private static RamSegment segment(Matcher range, Map<String, Long> blocks) {
    long first = Long.parseUnsignedLong(range.group(1), 16);
    long last = Long.parseUnsignedLong(range.group(2), 16);
    long offset = range.group(4) == null ? 0 : Long.parseUnsignedLong(range.group(4), 16);
    return new RamSegment(
        first / RamLayout.PAGE,
        (last - first + 1) / RamLayout.PAGE,
        range.group(3),
        blocks.get(range.group(3)),
        offset);
  }

  /** Adds a segment, as part of the one before where it goes on there. */
  private static void add(List<RamSegment> segments, RamSegment next) {
    RamSegment last = segments.isEmpty() ? null : segments.getLast();
    if (last != null
        && last.block().equals(next.block())
        && last.endGfn() == next.firstGfn()
        && last.blockOffset() + last.pages() * RamLayout.PAGE == next.blockOffset()) {
      segments.set(
          segments.size() - 1,
          new RamSegment(
              last.firstGfn(),
              last.pages() + next.pages(),
              last.block(),
              last.blockSize(),
              last.blockOffset()));
    } else {
      segments.add(next);
    }
  }
}
