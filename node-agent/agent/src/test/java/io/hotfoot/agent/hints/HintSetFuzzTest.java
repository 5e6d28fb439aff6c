package io.hotfoot.agent.hints;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.IntIterator;

/**
 * Good sets with bytes changed at random and the checksum put right again: read or refused, nothing
 * else.
 */
class HintSetFuzzTest {
  private static final Path VECTORS = Path.of("../../docs/hint-vectors");
  private static final int ROUNDS = 3000;
  private static final int HEADER = 40;
  private static final int TRAILER = 4;

  @Test
  void anyBytesAreReadOrRefused() throws IOException {
    List<byte[]> seeds = seeds();
    Random random = new Random(20);
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        bytes[changeable(random, bytes.length)] = (byte) random.nextInt(256);
      }
      seal(bytes);
      try {
        assertSound(HintSetReader.read(bytes));
        read++;
      } catch (HintFormatException e) {
        assertThat(e.field()).isNotEmpty();
      }
    }
    assertThat(read).as("some changes do no harm").isPositive();
  }

  private static List<byte[]> seeds() throws IOException {
    try (Stream<Path> files = Files.list(VECTORS)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("good-"))
          .sorted()
          .map(HintSetFuzzTest::bytes)
          .filter(b -> b.length > HEADER + TRAILER)
          .toList();
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Mostly near the front, where the structure is. */
  private static int changeable(Random random, int length) {
    int end = length - TRAILER;
    return random.nextBoolean() ? random.nextInt(Math.min(end, HEADER + 60)) : random.nextInt(end);
  }

  private static void seal(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, bytes.length - TRAILER);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(bytes.length - TRAILER, (int) checksum.getValue());
  }

  /** What was read may be used without fear. */
  private static void assertSound(HintSet hints) {
    for (HintSet.Section section : hints.sections()) {
      IntIterator frames = section.frames().getIntIterator();
      long previous = -1;
      int count = 0;
      while (frames.hasNext()) {
        long frame = Integer.toUnsignedLong(frames.next());
        if (frame <= previous || frame >= hints.frames()) {
          throw new AssertionError("frame " + frame + " after " + previous);
        }
        previous = frame;
        count++;
      }
      assertThat(count).isEqualTo(section.frames().getCardinality());
    }
  }
}
