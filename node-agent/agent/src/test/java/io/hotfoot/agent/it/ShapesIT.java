package io.hotfoot.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotfoot.agent.grpc.Certificates;
import io.hotfoot.agent.libvirt.Connection;
import io.hotfoot.agent.v1.RamLayout;
import io.hotfoot.agent.v1.RamSegment;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.agent.vm.VmInspector;
import io.hotfoot.agent.vm.VmLocator;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

/**
 * Guests whose memory is not one block of small pages, evicted with hints. The guest halts, and so
 * nobody changes its memory: all of it must arrive as it was.
 */
@QuarkusTest
@TestProfile(PodsInTmp.class)
@WithTestResource(Certificates.class)
class ShapesIT {
  private static final int MIB = 1 << 20;

  /** By then the hinted pages are there; the rest follows without anybody's help. */
  private static final int LEASE_MS = 5000;

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int FIRST = 16 * MIB;
  private static final int MARK = 0xca11ed;
  private static final int MARKED_AT = 2 * MIB;

  private static final String PLUGGABLE =
      "<features><acpi/></features><maxMemory slots='2' unit='MiB'>1024</maxMemory>" + numa(192);

  @TestHTTPResource(tls = true)
  URL url;

  private TwoPods pods;
  private HugePages hugePages;

  /** Of these bytes from 16 MiB on each page is written, of the others one in four. */
  private long dense;

  private List<byte[]> before;

  @BeforeEach
  void startTwoPods() throws Exception {
    Machine.requireMigration();
    pods = new TwoPods(url);
    pods.awaitReady();
  }

  @AfterEach
  void stop() throws Exception {
    if (pods != null) {
      pods.close();
    }
    if (hugePages != null) {
      hugePages.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<memoryBacking><hugepages/></memoryBacking>",
        // as KubeVirt asks for it
        "<memoryBacking><hugepages/><source type='memfd'/></memoryBacking>"
      })
  void hugePagesOfHugetlbfs(String memory) throws Exception {
    int pages = 2 * (int) (GuestMemory.BYTES / HugePages.SIZE);
    hugePages = Machine.requireHugePages(pages);
    evict(memory, 192);
    assertPulled();
  }

  @Test
  void memoryThatIsSharedWithOtherProcesses() throws Exception {
    evict("<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>", 192);
    assertPulled();
  }

  @Test
  void memoryThatIsInUseIsInHugePagesAgain() throws Exception {
    Machine.requireTransparentHugePages();
    dense = 32 * MIB;
    evict("", 192);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(pods.target.hugeBytes(GuestMemory.BYTES))
                    .as("what is in use, and not what is thinly used")
                    .isBetween(dense * 3 / 4, dense * 2));
    assertArrived(192);
  }

  @Test
  void numaNodesOfDifferentSizes() throws Exception {
    evict(numa(64, 128), 64, 128);
    assertPulled();
  }

  @Test
  void numaNodesOfOneSizeCannotBeToldApartAndAreNotPulled() throws Exception {
    evict(numa(96, 96), 96, 96);
    assertThat(pods.target().getResidentPages()).isZero();
  }

  @Test
  void memoryThatWasPluggedIn() throws Exception {
    evict(PLUGGABLE, dimm(128), 192, 128);
    assertPulled();
  }

  /** A guest's hints may name it all the same. */
  @Test
  void memoryThatIsNotPluggedInYet() throws Exception {
    evict(PLUGGABLE, unplugged(128), 192);
    assertPulled();
  }

  private static String dimm(int mib) {
    return "<memory model='dimm'><target><size unit='MiB'>%d</size><node>0</node></target></memory>"
        .formatted(mib);
  }

  /** As KubeVirt has memory that can be plugged in. */
  private static String unplugged(int mib) {
    return """
        <memory model='virtio-mem'><target><size unit='MiB'>%d</size><node>0</node>
          <block unit='MiB'>2</block><requested unit='MiB'>0</requested></target></memory>
        """
        .formatted(mib);
  }

  private static String numa(int... mib) {
    StringBuilder cells = new StringBuilder();
    for (int i = 0; i < mib.length; i++) {
      String cpus = i == 0 ? "cpus='0' " : "";
      cells.append("<cell id='%d' %smemory='%d' unit='MiB'/>".formatted(i, cpus, mib[i]));
    }
    return "<cpu><numa>" + cells + "</numa></cpu>";
  }

  private void evict(String memory, int... blocksMib) throws Exception {
    evict(memory, "", blocksMib);
  }

  private void evict(String memory, String devices, int... blocksMib) throws Exception {
    BareGuest.start(pods.source, pods.folder, memory, devices, halt());
    List<Block> blocks = blocks(pods.source, blocksMib);
    await().atMost(SOON).pollInterval(Duration.ofMillis(500)).until(() -> hasHalted(blocks));
    fill(blocks);
    before = read(pods.source, blocks);
    pods.arm(LEASE_MS);
    assertThat(pull(layout())).isPositive();
    Process migration = pods.source.migrateTo(pods.target);
    assertThat(migration.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(migration.exitValue()).isZero();
    assertThat(pods.awaitSource(SourceReport.State.SOURCE_COMPLETED).getSwitchedMs()).isPositive();
    assertArrived(blocksMib);
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

  private void assertArrived(int... blocksMib) throws IOException {
    List<byte[]> after = read(pods.target, blocks(pods.target, blocksMib));
    for (int i = 0; i < before.size(); i++) {
      assertThat(Arrays.mismatch(before.get(i), after.get(i)))
          .as("first byte of block %d that differs; -1: none", i)
          .isEqualTo(-1);
    }
  }

  private void assertPulled() {
    TargetReport target = pods.awaitTarget(TargetReport.State.TARGET_ENDED);
    assertThat(target.getHintedPages()).isPositive();
    assertThat(target.getResidentPages()).isEqualTo(target.getHintedPages());
    assertThat(target.getFailedPages()).isZero();
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
  private boolean hasHalted(List<Block> blocks) throws IOException {
    byte[] word = new byte[Integer.BYTES];
    try (RandomAccessFile memory = pods.source.memory()) {
      for (Block block : blocks) {
        memory.seek(block.address + MARKED_AT);
        memory.readFully(word);
        if (ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getInt() == MARK) {
          return true;
        }
      }
    }
    return false;
  }

  /** From 16 MiB on, with random bytes. */
  private void fill(List<Block> blocks) throws IOException {
    Random random = new Random(1);
    byte[] page = new byte[GuestMemory.PAGE];
    try (RandomAccessFile memory = pods.source.memory()) {
      for (Block block : blocks) {
        int step = GuestMemory.PAGE;
        for (int at = FIRST; at < block.bytes; at += at < FIRST + dense ? step : 4 * step) {
          random.nextBytes(page);
          memory.seek(block.address + at);
          memory.write(page);
        }
      }
    }
  }

  private static List<byte[]> read(LauncherPod pod, List<Block> blocks) throws IOException {
    List<byte[]> contents = new ArrayList<>();
    try (RandomAccessFile memory = pod.memory()) {
      for (Block block : blocks) {
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
  private static List<Block> blocks(LauncherPod pod, int... blocksMib) throws IOException {
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
