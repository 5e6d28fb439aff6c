package io.hotfoot.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotfoot.agent.libvirt.Connection;
import io.hotfoot.agent.v1.RamLayout;
import io.hotfoot.agent.v1.RamSegment;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.vm.VmInspector;
import io.hotfoot.agent.vm.VmLocator;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.roaringbitmap.RoaringBitmap;

/**
 * A guest that halts, so that nobody changes its memory: all of it must arrive as it was. Its
 * memory is written and looked at from outside.
 */
final class HaltedGuest {
  private static final int MIB = 1 << 20;
  private static final int FIRST = 16 * MIB;
  private static final int MARK = 0xca11ed;
  private static final int MARKED_AT = 2 * MIB;
  private static final Duration SOON = Duration.ofSeconds(30);

  /** By then the hinted pages are there; the rest follows without anybody's help. */
  private static final int LEASE_MS = 5000;

  private final TwoPods pods;
  private final int[] blocksMib;
  private List<byte[]> before;

  /**
   * @param blocksMib what its memory consists of
   */
  HaltedGuest(TwoPods pods, int... blocksMib) {
    this.pods = pods;
    this.blocksMib = blocksMib;
  }

  /**
   * Starts it at the source.
   *
   * @param memory libvirt's elements that tell what its memory is
   * @param devices libvirt's elements of more devices
   */
  void start(String memory, String devices) throws Exception {
    BareGuest.start(pods.source, pods.folder, memory, devices, halt());
    await().atMost(SOON).pollInterval(Duration.ofMillis(500)).until(this::hasHalted);
  }

  /** Writes random bytes to each page of the first so many from 16 MiB on, and one in four else. */
  void fill(long dense) throws IOException {
    Random random = new Random(1);
    write(dense, random::nextBytes);
  }

  /** The same, but with the same byte everywhere. */
  void fillAlike(long dense) throws IOException {
    write(dense, page -> Arrays.fill(page, (byte) 7));
  }

  /** Has what is in its memory now compared with what arrives. */
  void remember() throws IOException {
    before = read(pods.source);
  }

  void evict() throws Exception {
    pods.arm(LEASE_MS);
    assertThat(pull(layout())).isPositive();
    Process migration = pods.source.migrateTo(pods.target);
    assertThat(migration.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(migration.exitValue()).isZero();
    assertThat(pods.awaitSource(SourceReport.State.SOURCE_COMPLETED).getSwitchedMs()).isPositive();
    assertArrived();
  }

  void assertArrived() throws IOException {
    List<byte[]> after = read(pods.target);
    for (int i = 0; i < before.size(); i++) {
      assertThat(Arrays.mismatch(before.get(i), after.get(i)))
          .as("first byte of block %d that differs; -1: none", i)
          .isEqualTo(-1);
    }
  }

  /** Hints what lies beyond the first memory, too. */
  private long pull(RamLayout layout) throws Exception {
    RoaringBitmap hot = GuestMemory.HOT.clone();
    long frames = 0;
    for (RamSegment segment : layout.getSegmentsList()) {
      frames = Math.max(frames, segment.getFirstGfn() + segment.getPages());
      if (segment.getFirstGfn() >= GuestMemory.FRAMES) {
        for (int page = 0; page < segment.getPages(); page += 16) {
          hot.add((int) segment.getFirstGfn() + page);
        }
      }
    }
    return pods.pull(layout, frames, hot);
  }

  private static byte[] halt() {
    ByteBuffer out = ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0xfa); // cli
    out.put((byte) 0xc7).put((byte) 0x05).putInt(MARKED_AT).putInt(MARK); // mov dword [..], ..
    out.put((byte) 0xf4); // hlt
    out.put((byte) 0xeb).put((byte) -3); // jmp to the hlt
    return out.array();
  }

  /** Which block comes first in the guest is not told by their addresses. */
  private boolean hasHalted() throws IOException {
    byte[] word = new byte[Integer.BYTES];
    try (RandomAccessFile memory = pods.source.memory()) {
      for (Block block : blocks(pods.source)) {
        memory.seek(block.address + MARKED_AT);
        memory.readFully(word);
        if (ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getInt() == MARK) {
          return true;
        }
      }
    }
    return false;
  }

  private void write(long dense, Consumer<byte[]> content) throws IOException {
    byte[] page = new byte[GuestMemory.PAGE];
    try (RandomAccessFile memory = pods.source.memory()) {
      for (Block block : blocks(pods.source)) {
        int step = GuestMemory.PAGE;
        for (int at = FIRST; at < block.bytes; at += at < FIRST + dense ? step : 4 * step) {
          content.accept(page);
          memory.seek(block.address + at);
          memory.write(page);
        }
      }
    }
  }

  private List<byte[]> read(LauncherPod pod) throws IOException {
    List<byte[]> contents = new ArrayList<>();
    try (RandomAccessFile memory = pod.memory()) {
      for (Block block : blocks(pod)) {
        byte[] bytes = new byte[block.bytes];
        memory.seek(block.address);
        memory.readFully(bytes);
        contents.add(bytes);
      }
    }
    return contents;
  }

  private record Block(long address, int bytes) {}

  /** All that are so large, by size and address. */
  private List<Block> blocks(LauncherPod pod) throws IOException {
    List<Block> blocks = new ArrayList<>();
    for (int mib : Arrays.stream(blocksMib).distinct().toArray()) {
      for (long address : pod.ramAddresses((long) mib * MIB)) {
        blocks.add(new Block(address, mib * MIB));
      }
    }
    assertThat(blocks).hasSameSizeAs(blocksMib);
    return blocks;
  }

  private RamLayout layout() throws IOException {
    var locator = new VmLocator(pods.folder.resolve("pods"));
    RamLayout.Builder layout = RamLayout.newBuilder();
    try (Connection libvirt = Connection.open(locator.libvirtSocket(pods.source.vm()))) {
      for (var segment : VmInspector.layout(libvirt.domain(LauncherPod.DOMAIN)).segments()) {
        layout.addSegments(
            RamSegment.newBuilder()
                .setFirstGfn(segment.firstGfn())
                .setPages(segment.pages())
                .setBlock(segment.block())
                .setBlockSize(segment.blockSize())
                .setBlockOffset(segment.blockOffset()));
      }
    }
    return layout.build();
  }
}
