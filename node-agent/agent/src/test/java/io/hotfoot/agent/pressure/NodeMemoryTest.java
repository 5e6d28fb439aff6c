package io.hotfoot.agent.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeMemoryTest {
  @TempDir Path root;
  private NodeMemory memory;

  @BeforeEach
  void node() throws IOException {
    Path proc = Files.createDirectories(root.resolve("proc"));
    Files.writeString(
        proc.resolve("meminfo"),
        """
        MemTotal:        8388608 kB
        MemFree:          102400 kB
        MemAvailable:     307200 kB
        Active(file):     102400 kB
        Inactive(file):   102400 kB
        """);
    memory = new NodeMemory(new NodeProc(proc), root.resolve("hugepages"));
  }

  private void kubelet(String... arguments) throws IOException {
    Path kubelet = Files.createDirectories(root.resolve("proc/7"));
    Files.writeString(kubelet.resolve("comm"), "kubelet\n");
    Files.writeString(kubelet.resolve("cmdline"), String.join("\0", arguments) + "\0");
  }

  private void pool(String name, int free, int reserved) throws IOException {
    Path pool = Files.createDirectories(root.resolve("hugepages").resolve(name));
    Files.writeString(pool.resolve("free_hugepages"), free + "\n");
    Files.writeString(pool.resolve("resv_hugepages"), reserved + "\n");
  }

  @Test
  void kubeletsThresholdIsNoRoomNorIsPageCacheInUse() throws IOException {
    kubelet("kubelet", "--eviction-hard=memory.available<300Mi");
    assertThat(memory.room()).isEqualTo(-100L << 20);
  }

  @Test
  void withoutKubeletThereIsRoomForAllThatIsAvailable() throws IOException {
    assertThat(memory.room()).isEqualTo(300L << 20);
  }

  @Test
  void hugePagesThatAreReservedAreNotFree() throws IOException {
    pool("hugepages-2048kB", 12, 2);
    pool("hugepages-1048576kB", 3, 0);
    assertThat(memory.freeHugePages()).isEqualTo(Map.of(2L << 20, 20L << 20, 1L << 30, 3L << 30));
  }

  @Test
  void aKernelWithoutHugePagesHasNone() throws IOException {
    assertThat(memory.freeHugePages()).isEmpty();
  }
}
