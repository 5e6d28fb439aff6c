package io.hotfoot.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Random;
import org.roaringbitmap.RoaringBitmap;

/**
 * The memory of a guest of 192 MiB that lies in one block, written and looked at from outside: one
 * frame in four from 16 MiB on carries random bytes of its own.
 */
final class GuestMemory {
  static final int PAGE = 4096;
  static final long BYTES = 192L << 20;
  static final int FRAMES = (int) (BYTES / PAGE);
  private static final int FIRST = (16 << 20) / PAGE;

  static final RoaringBitmap WRITTEN = every(4, FIRST);

  /** Of what is written. */
  static final RoaringBitmap HOT = every(16, FIRST);

  /** Of what is written, too. */
  static final RoaringBitmap KERNEL = every(64, FIRST + 4);

  private GuestMemory() {}

  private static RoaringBitmap every(int step, int first) {
    RoaringBitmap frames = new RoaringBitmap();
    for (int frame = first; frame < FRAMES; frame += step) {
      frames.add(frame);
    }
    return frames;
  }

  private static byte[] content(int frame) {
    byte[] bytes = new byte[PAGE];
    new Random(frame).nextBytes(bytes);
    return bytes;
  }

  static void write(LauncherPod pod) throws IOException {
    long ram = pod.ramAddress(BYTES);
    try (RandomAccessFile memory = pod.memory()) {
      for (int frame : WRITTEN) {
        memory.seek(ram + (long) frame * PAGE);
        memory.write(content(frame));
      }
    }
  }

  /** Looks through the target's QEMU: what has not arrived yet is asked for by that. */
  static void assertArrived(LauncherPod target, RoaringBitmap frames) throws IOException {
    long ram = target.ramAddress(BYTES);
    byte[] found = new byte[PAGE];
    try (RandomAccessFile memory = target.memory()) {
      for (int frame : frames) {
        memory.seek(ram + (long) frame * PAGE);
        memory.readFully(found);
        assertThat(found).as("frame " + frame).isEqualTo(content(frame));
      }
    }
  }
}
