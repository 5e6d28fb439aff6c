package io.hotfoot.agent.hints;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.IntIterator;

/**
 * Good sets that were changed at random, with length and checksum put right again: read or refused,
 * nothing else. More rounds, or other ones: {@code -Dfuzz.rounds=10000000 -Dfuzz.seed=1}.
 */
class HintSetFuzzTest {
  private static final Path VECTORS = Path.of("../../docs/hint-vectors");
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 3000);
  private static final int SEED = Integer.getInteger("fuzz.seed", 20);
  private static final int LENGTH = 32;
  private static final int HEADER = 40;
  private static final int TRAILER = 4;

  @Test
  void anyBytesAreReadOrRefused() throws IOException {
    List<byte[]> seeds = seeds();
    Random random = new Random(SEED);
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = resized(random, seeds.get(random.nextInt(seeds.size())));
      for (int changes = random.nextInt(5); changes > 0; changes--) {
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

  /** One in four loses a part, and one in four has a part twice. */
  private static byte[] resized(Random random, byte[] bytes) {
    int body = bytes.length - HEADER - TRAILER;
    int part = 1 + random.nextInt(Math.min(body, 64));
    int at = HEADER + random.nextInt(body - part + 1);
    return switch (random.nextInt(4)) {
      case 0 -> joined(bytes, at, at + part);
      case 1 -> joined(bytes, at + part, at);
      default -> bytes.clone();
    };
  }

  /** The bytes before one place and those from another on. */
  private static byte[] joined(byte[] bytes, int before, int from) {
    byte[] joined = Arrays.copyOf(bytes, before + bytes.length - from);
    System.arraycopy(bytes, from, joined, before, bytes.length - from);
    return joined;
  }

  /** Mostly near the front, where the structure is. */
  private static int changeable(Random random, int length) {
    int end = length - TRAILER;
    return random.nextBoolean() ? random.nextInt(Math.min(end, HEADER + 60)) : random.nextInt(end);
  }

  private static void seal(byte[] bytes) {
    ByteBuffer set = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    set.putLong(LENGTH, bytes.length);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, bytes.length - TRAILER);
    set.putInt(bytes.length - TRAILER, (int) checksum.getValue());
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
