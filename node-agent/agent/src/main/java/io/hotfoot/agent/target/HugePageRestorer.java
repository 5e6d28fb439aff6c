package io.hotfoot.agent.target;

import io.hotfoot.agent.hints.PullList;
import io.hotfoot.agent.sys.Errno;
import io.hotfoot.agent.sys.HugePageCollapse;
import io.hotfoot.agent.sys.PageMap;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.PrimitiveIterator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Gives guests that came by post-copy their huge pages back. QEMU puts their memory down in pages
 * of 4 KiB, by which a guest is slower, and the kernel's own khugepaged takes as many as 10 s for
 * 16 MiB. One guest after the other, and so slowly that it hardly feels it: whoever touches what is
 * being put together waits.
 */
@ApplicationScoped
public class HugePageRestorer {
  private static final Logger LOG = Logger.getLogger(HugePageRestorer.class);

  /** For each ms of work so many of rest: the guest loses a tenth of its time at most. */
  private static final int REST = 9;

  /** The rest of a huge page takes memory that the guest may have no use for: an eighth at most. */
  private static final int MOSTLY_THERE = 512 * 7 / 8;

  /** So many in a row that cannot be made: this node has no huge page to spare. */
  private static final int ENOUGH = 32;

  private static final Path KERNELS_SETTING =
      Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  private final boolean wanted;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("huge-pages").factory());

  public HugePageRestorer(@ConfigProperty(name = "hotfoot.restore-huge-pages") boolean wanted) {
    this.wanted = wanted;
  }

  /**
   * Begins to, in the background, unless this node has no huge pages by its kernel's settings.
   *
   * @param uid the eviction's, for the log
   * @param pid QEMU's, in which all of the guest's memory has arrived
   */
  void restore(String uid, int pid, GuestMemory memory, PullList hints) {
    if (wanted) {
      thread.execute(() -> restoreNow(uid, pid, memory, hints));
    }
  }

  private void restoreNow(String uid, int pid, GuestMemory memory, PullList hints) {
    long begun = System.nanoTime();
    try (HugePageCollapse qemu = new HugePageCollapse(pid);
        PageMap pages = new PageMap(pid)) {
      if (Files.readString(KERNELS_SETTING).contains("[never]")) {
        return;
      }
      long huge = restore(qemu, pages, HugeExtents.hottestFirst(memory, hints.cursor()));
      LOG.infof(
          "eviction %s: %d MiB of the guest's memory are in huge pages again, after %d s",
          uid,
          huge * HugePageCollapse.BYTES >> 20,
          Duration.ofNanos(System.nanoTime() - begun).toSeconds());
    } catch (InterruptedException e) {
      LOG.debugf("eviction %s: huge pages are left to the kernel", uid);
    } catch (IOException e) {
      boolean denied = e instanceof Errno errno && errno.number() == Errno.EPERM;
      LOG.logf(
          denied ? Logger.Level.WARN : Logger.Level.DEBUG,
          "eviction %s: huge pages are left to the kernel (%s)",
          uid,
          e.getMessage());
    }
  }

  /** Returns how many huge pages there are now. */
  private static long restore(
      HugePageCollapse qemu, PageMap pages, PrimitiveIterator.OfLong extents)
      throws IOException, InterruptedException {
    long huge = 0;
    int refused = 0;
    while (extents.hasNext() && refused < ENOUGH) {
      long extent = extents.nextLong();
      if (pages.own(extent, (int) HugePageCollapse.BYTES) < MOSTLY_THERE) {
        continue;
      }
      long start = System.nanoTime();
      if (qemu.collapse(extent)) {
        huge++;
        refused = 0;
      } else {
        refused++;
      }
      Thread.sleep(Duration.ofNanos(REST * (System.nanoTime() - start)));
    }
    return huge;
  }

  @PreDestroy
  void close() {
    thread.shutdownNow();
  }
}
