package io.hotfoot.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** src/test/resources/qemu: what QEMU 10.0's monitor printed. */
class QemuRamTest {
  private static final Path SAMPLES = Path.of("src/test/resources/qemu");

  @Test
  void tellsWhereQemuHasEachSegment() throws IOException {
    QemuRam ram = QemuRam.read(sample("mtree"), sample("ramblock"));
    assertThat(ram.layout().segments())
        .extracting(ram::address)
        .containsExactly(0x7efebfe00000L, 0x7efebff00000L);
  }

  @Test
  void refusesAQemuThatDoesNotTell() throws IOException {
    String old = sample("ramblock").replaceAll("(?m) 0x\\p{XDigit}+  r[wo]$", "");
    assertThatThrownBy(() -> QemuRam.read(sample("mtree"), old))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pc.ram")
        .hasMessageContaining("QEMU 8.0");
  }

  @Test
  void refusesHugetlbfs() throws IOException {
    String huge = sample("ramblock").replaceAll("(?m)^( +pc.ram +)4 KiB", "$1" + "2 MiB");
    assertThatThrownBy(() -> QemuRam.read(sample("mtree"), huge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pc.ram is in pages of 2 MiB");
  }

  private static String sample(String name) throws IOException {
    return Files.readString(SAMPLES.resolve("pc-1g-" + name + ".txt"));
  }
}
