package io.hotfoot.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** src/test/resources/qemu: what QEMU 10.0's monitor printed for two guests. */
class RamLayoutReaderTest {
  private static final Path SAMPLES = Path.of("src/test/resources/qemu");
  private static final long GIB = 1L << 30;

  @Test
  void readsAGuestBelowTheHoleForDevices() throws IOException {
    RamLayout layout = read("pc-1g");
    assertThat(layout.segments())
        .containsExactly(
            new RamSegment(0, 0xa0, "pc.ram", GIB, 0),
            new RamSegment(0x100, 0x40000 - 0x100, "pc.ram", GIB, 0x100000));
    assertThat(layout.frames()).isEqualTo(0x40000);
  }

  @Test
  void readsAGuestOfMoreThan4Gib() throws IOException {
    RamLayout layout = read("q35-6g");
    assertThat(layout.segments())
        .containsExactly(
            new RamSegment(0, 0xa0, "pc.ram", 6 * GIB, 0),
            new RamSegment(0x100, 0x80000 - 0x100, "pc.ram", 6 * GIB, 0x100000),
            new RamSegment(0x100000, 0x100000, "pc.ram", 6 * GIB, 0x80000000L));
    assertThat(layout.bytes()).isEqualTo(6 * GIB - 0x60 * 4096L);
    assertThat(layout.bitmap().contains(0xb0)).isFalse();
  }

  @Test
  void leavesOutTheMemoryOfDevices() throws IOException {
    String mtree =
        Files.readString(SAMPLES.resolve("q35-6g-mtree.txt"))
            .replace(
                "  00000000fec00000-",
                "  00000000fd000000-00000000fd7fffff (prio 1, ram): vga.vram\n  00000000fec00000-");
    RamLayout layout =
        RamLayoutReader.read(mtree, Files.readString(SAMPLES.resolve("q35-6g-ramblock.txt")));
    assertThat(layout.segments()).allMatch(s -> s.block().equals("pc.ram"));
  }

  @Test
  void joinsPiecesThatGoOnInTheSameBlock() {
    RamLayout layout =
        RamLayoutReader.read(
            """
            FlatView #0
             AS "memory", root: system
             Root memory region: system
              0000000000000000-0000000000000fff (prio 0, ram): m KVM
              0000000000001000-0000000000001fff (prio 0, ram): m @0000000000001000 KVM
            """,
            "  m    4 KiB  0x0000000000000000 0x0000000000002000 0x0000000000002000 0x00007f16b7e00000  rw");
    assertThat(layout.segments()).containsExactly(new RamSegment(0, 2, "m", 0x2000, 0));
  }

  @Test
  void refusesWhatHasNoMemory() {
    assertThatThrownBy(() -> RamLayoutReader.read("unknown command: 'info mtree'", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 1024 segments");
  }

  @Test
  void refusesASegmentOutsideItsBlock() {
    assertThatThrownBy(
            () -> new RamLayout(java.util.List.of(new RamSegment(0, 2, "m", 0x2000, 0x1000))))
        .hasMessageContaining("inside its block");
  }

  private static RamLayout read(String sample) throws IOException {
    return RamLayoutReader.read(
        Files.readString(SAMPLES.resolve(sample + "-mtree.txt")),
        Files.readString(SAMPLES.resolve(sample + "-ramblock.txt")));
  }
}
