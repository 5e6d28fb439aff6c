package io.hotfoot.agent.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Huge pages that this machine has in its pool for a test; closing this takes them out again. */
final class HugePages implements AutoCloseable {
  static final long SIZE = 2L << 20;
  private static final Path POOL = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB");
  private static final Path COMPACT = Path.of("/proc/sys/vm/compact_memory");

  private final int before;

  private HugePages(int before) {
    this.before = before;
  }

  /**
   * @throws IOException if the machine's memory has not as many
   */
  static HugePages reserve(int pages) throws IOException {
    HugePages reserved = new HugePages(number("nr_hugepages"));
    Files.writeString(COMPACT, "1");
    write(reserved.before + pages);
    int free = number("free_hugepages");
    if (free < pages) {
      reserved.close();
      throw new IOException("%d of %d".formatted(free, pages));
    }
    return reserved;
  }

  private static int number(String file) throws IOException {
    return Integer.parseInt(Files.readString(POOL.resolve(file)).strip());
  }

  private static void write(int pages) throws IOException {
    Files.writeString(POOL.resolve("nr_hugepages"), pages + "\n");
  }

  @Override
  public void close() throws IOException {
    write(before);
  }
}
