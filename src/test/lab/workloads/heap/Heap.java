import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import sun.misc.Unsafe;

/**
 * A busy Java heap that counts its own accesses, as ../patterns/patterns.c does for memory that never moves: that file says
 * what is printed, asked and answered.
 *
 * <p>A table of records of nearly a page each, of which one in ten is in use, spread over the old generation. Each access
 * reads and changes a record and leaves garbage; now and then it replaces the record by a copy. So the young generation
 * is filled and copied from without end, and what is in use moves. An access is counted for the page where the object lies
 * at that time. What the collector itself touches nobody counts.
 */
@SuppressWarnings("removal")
final class Heap {
  private static final int RECORDS = 32_768, ONE_IN = 10, LONGS = 500, GARBAGE_LONGS = 8;
  private static final int REPLACE_ONE_IN = 512, BATCH = 64, PORT = 7777, PAGE_SHIFT = 12;
  private static final long PRESENT = 1L << 63, FRAME = (1L << 55) - 1;
  private static final Unsafe MEMORY = unsafe();
  private static final long SLOT = Unsafe.ARRAY_OBJECT_BASE_OFFSET, FIRST = Unsafe.ARRAY_LONG_BASE_OFFSET;

  private final long start = System.nanoTime();
  private final long[][] records = new long[RECORDS][];
  private final Object[] slot = new Object[1];
  private final long firstPage;
  private final int pages;
  private final long counts; // an int for each page of the heap, outside of it
  private int[] atBegin, atEnd;
  private volatile long operations;

  private Heap() throws IOException {
    for (int i = 0; i < RECORDS; i++) {
      records[i] = new long[LONGS];
    }
    System.gc();
    long[] range = heap(address(records));
    firstPage = range[0] >> PAGE_SHIFT;
    pages = (int) ((range[1] - range[0]) >> PAGE_SHIFT);
    counts = MEMORY.allocateMemory(4L * pages);
    MEMORY.setMemory(counts, 4L * pages, (byte) 0);
    atBegin = new int[pages];
    atEnd = new int[pages];
  }

  public static void main(String[] args) throws IOException {
    Heap heap = new Heap();
    Thread.ofPlatform().daemon().start(heap::work);
    Thread.ofPlatform().daemon().start(heap::tell);
    heap.answer();
  }

  private static Unsafe unsafe() {
    try {
      Field field = Unsafe.class.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      return (Unsafe) field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Where the object lies now. References are plain addresses: `start` has compressed ones switched off. */
  private long address(Object object) {
    slot[0] = object;
    return MEMORY.getLong(slot, SLOT);
  }

  /** Start and end of the writable memory around an address, from /proc/self/maps. */
  private static long[] heap(long address) throws IOException {
    long start = 0, end = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] range = line.substring(0, line.indexOf(' ')).split("-");
      long from = Long.parseUnsignedLong(range[0], 16), to = Long.parseUnsignedLong(range[1], 16);
      if (from != end || !line.contains(" rw-p ")) {
        if (start <= address && address < end) {
          break;
        }
        start = from;
      }
      end = line.contains(" rw-p ") ? to : from;
    }
    return new long[] {start, end};
  }

  private void work() {
    SplittableRandom random = new SplittableRandom(1);
    for (; ; operations += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        access(random.nextInt(RECORDS / ONE_IN) * ONE_IN, random.nextInt(REPLACE_ONE_IN) == 0);
      }
    }
  }

  private void access(int number, boolean replace) {
    if (replace) {
      count(records[number], LONGS);
      records[number] = records[number].clone();
      count(records[number], LONGS);
    }
    long[] garbage = new long[GARBAGE_LONGS];
    garbage[0] = ++records[number][0];
    count(garbage, 1);
    count(records[number], 1);
  }

  /** Counts an access to the first so many of the array's numbers, and so to its head. */
  private void count(long[] array, int longs) {
    long at = address(array), last = (at + FIRST + 8L * longs - 1 >> PAGE_SHIFT) - firstPage;
    for (long page = (at >> PAGE_SHIFT) - firstPage; page <= last; page++) {
      long count = counts + 4 * page;
      MEMORY.putInt(count, MEMORY.getInt(count) + 1);
    }
  }

  private void note(int[] noted) {
    for (int i = 0; i < pages; i++) {
      noted[i] = MEMORY.getInt(counts + 4L * i);
    }
  }

  private String speed() {
    return (System.nanoTime() - start) / 1_000_000 + " " + operations + "\n";
  }

  private void tell() {
    try {
      for (; ; Thread.sleep(200)) {
        System.out.print(speed());
        System.out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer() throws IOException {
    try (ServerSocket server = new ServerSocket(PORT, 1, InetAddress.getLoopbackAddress())) {
      while (true) {
        try (Socket asking = server.accept();
            OutputStream to = asking.getOutputStream()) {
          byte[] word = new byte[16];
          int length = asking.getInputStream().read(word);
          to.write(answer(new String(word, 0, Math.max(0, length), StandardCharsets.US_ASCII).strip()));
        }
      }
    }
  }

  private byte[] answer(String word) throws IOException {
    switch (word) {
      case "begin" -> note(atBegin);
      case "end" -> note(atEnd);
      case "truth" -> {
        return truth();
      }
      case "speed" -> {
        return speed().getBytes(StandardCharsets.US_ASCII);
      }
      default -> {
        return ("no such question: " + word + "\n").getBytes(StandardCharsets.US_ASCII);
      }
    }
    return "ok\n".getBytes(StandardCharsets.US_ASCII);
  }

  /** As struct page_truth of ../patterns/truth.h. */
  private byte[] truth() throws IOException {
    byte[] entries = new byte[8 * pages];
    try (RandomAccessFile pagemap = new RandomAccessFile("/proc/self/pagemap", "r")) {
      pagemap.seek(8 * firstPage);
      pagemap.readFully(entries);
    }
    ByteBuffer map = ByteBuffer.wrap(entries).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer truth = ByteBuffer.allocate(12 * pages).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < pages; i++) {
      long entry = map.getLong(8 * i);
      truth.putInt((entry & PRESENT) != 0 ? (int) (entry & FRAME) : 0);
      truth.putInt(atEnd[i] - atBegin[i]);
      truth.putInt(MEMORY.getInt(counts + 4L * i) - atEnd[i]);
    }
    return truth.array();
  }
}
