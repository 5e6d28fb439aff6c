package io.hotfoot.agent.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.roaringbitmap.RoaringBitmap;

/**
 * A guest that is nothing but a loop: it adds one to the first word of each page of its hot set,
 * for ever. So its memory tells what it accessed, and how often.
 */
final class TouchingGuest {
  static final int PAGE = 4096;
  private static final int MIB = 1 << 20;
  private static final int RAM = 192 * MIB;
  private static final int FIRST = 16 * MIB;
  private static final int END = 176 * MIB;
  private static final int STEP = 16 * PAGE;

  private final Path memory;
  private final long ram;
  private final int[] first;

  private TouchingGuest(LauncherPod pod) throws IOException {
    this.memory = Path.of("/proc", "" + pod.qemu(), "mem");
    this.ram = pod.ramAddress(RAM);
    this.first = counts();
  }

  /**
   * Starts it in this pod.
   *
   * @param folder for its files; QEMU may read there
   * @param backing libvirt's type of memory: {@code memfd} has pages of 4 KiB unless the machine
   *     was told otherwise, {@code anonymous} mostly huge ones
   */
  static TouchingGuest start(LauncherPod pod, Path folder, String backing) throws Exception {
    BareGuest.start(
        pod,
        folder,
        "<memoryBacking><source type='%s'/></memoryBacking>".formatted(backing),
        "",
        loop());
    return new TouchingGuest(pod);
  }

  private static byte[] loop() {
    ByteBuffer out = ByteBuffer.allocate(21).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0xb8).putInt(FIRST); // mov eax, FIRST
    out.put((byte) 0xff).put((byte) 0x00); // inc dword [eax]
    out.put((byte) 0x05).putInt(STEP); // add eax, STEP
    out.put((byte) 0x3d).putInt(END); // cmp eax, END
    out.put((byte) 0x72).put((byte) -14); // jb to the inc
    out.put((byte) 0xeb).put((byte) -21); // jmp to the mov
    return out.array();
  }

  /** How often each page was accessed so far; not to be asked while somebody else looks. */
  int[] counts() throws IOException {
    int[] counts = new int[(END - FIRST) / STEP];
    byte[] word = new byte[Integer.BYTES];
    try (RandomAccessFile memory = new RandomAccessFile(this.memory.toFile(), "r")) {
      for (int i = 0; i < counts.length; i++) {
        memory.seek(ram + FIRST + (long) i * STEP);
        memory.readFully(word);
        counts[i] = ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getInt();
      }
    }
    return counts;
  }

  /** Whether it has accessed all of its hot set since it was started. */
  boolean hasGoneRound() throws IOException {
    return accessed(first, counts()).getCardinality() == first.length;
  }

  /** The frames that were accessed between two counts. */
  static RoaringBitmap accessed(int[] before, int[] after) {
    RoaringBitmap frames = new RoaringBitmap();
    for (int i = 0; i < before.length; i++) {
      if (before[i] != after[i]) {
        frames.add((FIRST + i * STEP) / PAGE);
      }
    }
    return frames;
  }

  /** Pages that the guest never looks at become resident. */
  void fillColdPages() throws IOException {
    try (RandomAccessFile memory = new RandomAccessFile(this.memory.toFile(), "rw")) {
      for (int at = FIRST + PAGE; at < END; at += 4 * PAGE) {
        memory.seek(ram + at);
        memory.write(1);
      }
    }
  }
}
