package io.hotfoot.agent.vm;

import io.hotfoot.agent.libvirt.Domain;
import io.hotfoot.agent.libvirt.LibvirtException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A guest's RAM in its QEMU's own memory.
 *
 * @param layout where the guest's frames lie in QEMU's RAM blocks
 * @param addresses of these blocks in QEMU's memory, by their names
 */
public record QemuRam(RamLayout layout, Map<String, Long> addresses) {
  /**
   * A line of {@code info ramblock}: {@code <name> <page size> <offset> <used> <total> <address>…},
   * the last since QEMU 8.0.
   */
  private static final Pattern BLOCK =
      Pattern.compile(
          "\\s*(\\S+)\\s+(\\d+ \\S+)(?:\\s+0x[0-9a-f]+){3}(?:\\s+0x(?<address>[0-9a-f]+))?(?:\\s.*)?");

  private static final String SMALL_PAGE = "4 KiB";

  /**
   * Asks QEMU's monitor: not for a migration's target, whose monitor does not answer.
   *
   * @throws IllegalArgumentException if accesses to this RAM cannot be seen by its addresses, with
   *     the reason
   */
  public static QemuRam of(Domain domain) throws LibvirtException {
    return read(domain.humanMonitor("info mtree -f"), domain.humanMonitor("info ramblock"));
  }

  static QemuRam read(String mtree, String ramblock) {
    RamLayout layout = RamLayoutReader.read(mtree, ramblock);
    Set<String> wanted =
        layout.segments().stream().map(RamSegment::block).collect(Collectors.toSet());
    Map<String, Long> addresses = new HashMap<>();
    for (String line : ramblock.lines().toList()) {
      Matcher block = BLOCK.matcher(line);
      if (block.matches() && wanted.contains(block.group(1))) {
        addresses.put(block.group(1), address(block));
      }
    }
    return new QemuRam(layout, addresses);
  }

  private static long address(Matcher block) {
    if (!block.group(2).equals(SMALL_PAGE)) {
      throw new IllegalArgumentException(
          "RAM block %s is in pages of %s (hugetlbfs), whose accessed bits cannot be cleared"
              .formatted(block.group(1), block.group(2)));
    }
    if (block.group("address") == null) {
      throw new IllegalArgumentException(
          "QEMU does not tell where RAM block %s is in its memory: QEMU 8.0 and newer do"
              .formatted(block.group(1)));
    }
    return Long.parseUnsignedLong(block.group("address"), 16);
  }

  /** The address of a segment's first frame. */
  public long address(RamSegment segment) {
    return addresses.get(segment.block()) + segment.blockOffset();
  }
}
