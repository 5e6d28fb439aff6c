package io.hotfoot.agent.pressure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What memory this node has for another VM. */
public final class NodeMemory {
  private static final String POOL = "hugepages-";

  private final NodeProc node;
  private final KubeletThreshold kubelet;
  private final Path hugePages;

  public NodeMemory(NodeProc node) {
    this(node, Path.of("/sys/kernel/mm/hugepages"));
  }

  /**
   * @param hugePages the kernel's folder of their pools
   *     (Documentation/admin-guide/mm/hugetlbpage.rst)
   */
  NodeMemory(NodeProc node, Path hugePages) {
    this.node = node;
    this.kubelet = new KubeletThreshold(node);
    this.hugePages = hugePages;
  }

  /**
   * What programs may still take until kubelet evicts pods, bytes; below 0: it is about to. Where
   * that cannot be told, all that is available.
   */
  public long room() throws IOException {
    try {
      return kubelet.left();
    } catch (IOException e) {
      return node.memory("MemAvailable");
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
