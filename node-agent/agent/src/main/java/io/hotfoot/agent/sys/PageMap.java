package io.hotfoot.agent.sys;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Which pages of a process are there: {@code /proc/<pid>/pagemap}
 * (Documentation/admin-guide/mm/pagemap.rst), a word a page. Needs CAP_SYS_PTRACE for another
 * user's process.
 */
public final class PageMap implements AutoCloseable {
  private static final int PAGE = 4096;

  /** Present, and mapped by this process alone: not the kernel's page of zeros, nor KSM's. */
  private static final long OWN = 1L << 63 | 1L << 56;

  private final RandomAccessFile file;

  /**
   * @throws IOException if the process is gone or may not be looked at
   */
  public PageMap(int pid) throws IOException {
    file = new RandomAccessFile("/proc/" + pid + "/pagemap", "r");
  }

  /**
   * How many pages of this range take memory of their own.
   *
   * @param start a multiple of 4096
   * @param bytes a multiple of 4096
   * @throws IOException if the process is gone
   */
  public int own(long start, int bytes) throws IOException {
    byte[] words = new byte[bytes / PAGE * Long.BYTES];
    file.seek(start / PAGE * Long.BYTES);
    file.readFully(words);
    LongBuffer pages = ByteBuffer.wrap(words).order(ByteOrder.nativeOrder()).asLongBuffer();
    int own = 0;
    while (pages.hasRemaining()) {
      if ((pages.get() & OWN) == OWN) {
        own++;
      }
    }
    return own;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
