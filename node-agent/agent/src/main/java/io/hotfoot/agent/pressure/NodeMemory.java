package io.hotfoot.agent.pressure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What memory this node has for another VM.
 *
 * @param hugePages the kernel's folder of their pools
 *     (Documentation/admin-guide/mm/hugetlbpage.rst)
 */
public record NodeMemory(NodeProc node, Path hugePages) {
  private static final String POOL = "hugepages-";

  public NodeMemory(NodeProc node) {
    this(node, Path.of("/sys/kernel/mm/hugepages"));
  }

  /** What programs may still take until kubelet evicts pods, bytes; below 0: it is about to. */
  public long room() throws IOException {
    return node.memory("MemAvailable") - kubeletEvictsBelow();
  }

  private long kubeletEvictsBelow() throws IOException {
    long total = node.memory("MemTotal");
    try {
      return new KubeletThreshold(node.proc()).bytes(total);
    } catch (IOException e) {
      return 0; // what is available is told all the same
    }
  }

  /** Those that nobody has taken or reserved, by the size of one; bytes both. */
  public Map<Long, Long> freeHugePages() throws IOException {
    if (!Files.exists(hugePages)) {
      return Map.of();
    }
    Map<Long, Long> free = new HashMap<>();
    for (Path pool : pools()) {
      String size = pool.getFileName().toString().substring(POOL.length()).replace("kB", "");
      long bytes = Long.parseLong(size) * 1024;
      long pages = number(pool, "free_hugepages") - number(pool, "resv_hugepages");
      free.put(bytes, Math.max(0, pages) * bytes);
    }
    return free;
  }

  private List<Path> pools() throws IOException {
    try (Stream<Path> pools = Files.list(hugePages)) {
      return pools.filter(it -> it.getFileName().toString().startsWith(POOL)).toList();
    }
  }

  private static long number(Path pool, String file) throws IOException {
    return Long.parseLong(Files.readString(pool.resolve(file)).strip());
  }
}
