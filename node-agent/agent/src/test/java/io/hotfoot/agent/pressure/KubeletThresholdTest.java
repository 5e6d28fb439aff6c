package io.hotfoot.agent.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeletThresholdTest {
  private static final long TOTAL = 8L << 30;

  @TempDir Path proc;
  private Path kubelet;

  @BeforeEach
  void run() throws IOException {
    Files.writeString(proc.resolve("meminfo"), "MemTotal: %d kB\n".formatted(TOTAL >> 10));
    process("1", "systemd", "/sbin/init");
    kubelet = process("77", "kubelet", "/usr/bin/kubelet");
    Files.createDirectories(proc.resolve("self"));
  }

  private Path process(String pid, String name, String... arguments) throws IOException {
    Path process = Files.createDirectories(proc.resolve(pid));
    Files.writeString(process.resolve("comm"), name + "\n");
    Files.writeString(process.resolve("cmdline"), String.join("\0", arguments) + "\0");
    return process;
  }

  private void started(String... arguments) throws IOException {
    Files.writeString(
        kubelet.resolve("cmdline"), "kubelet\0" + String.join("\0", arguments) + "\0");
  }

  private void config(String yaml) throws IOException {
    started("--config", "/var/lib/kubelet/config.yaml");
    Path folder = Files.createDirectories(kubelet.resolve("root/var/lib/kubelet"));
    Files.writeString(folder.resolve("config.yaml"), yaml);
  }

  private long bytes() throws IOException {
    return new KubeletThreshold(new NodeProc(proc)).bytes();
  }

  @Test
  void isKubeletsOwnDefaultWhereNothingIsSaid() throws IOException {
    assertThat(bytes()).isEqualTo(100L << 20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{evictionHard: {memory.available: 200Mi, nodefs.available: 10%}} | 209715200",
        "{evictionHard: {memory.available: 5%}}                           | 429496729",
        "{evictionHard: {memory.available: '1.5Gi'}}                      | 1610612736",
        "{evictionHard: {memory.available: 500M}}                         | 500000000",
        "{evictionHard: {memory.available: 123456}}                       | 123456",
        "{evictionSoft: {memory.available: 1Gi}, evictionHard: {memory.available: 100Mi}}"
            + " | 1073741824",
        "{maxPods: 110}                                                   | 104857600",
      })
  void isReadFromItsFile(String yaml, long bytes) throws IOException {
    config(yaml);
    assertThat(bytes()).isEqualTo(bytes);
  }

  @Test
  void isReadFromItsCommandLine() throws IOException {
    started("--eviction-hard=imagefs.available<15%,memory.available<300Mi", "--v=2");
    assertThat(bytes()).isEqualTo(300L << 20);
  }

  @ParameterizedTest
  @CsvSource({
    "'evictionHard: [', cannot be read",
    "'evictionHard: {memory.available: much}', much"
  })
  void saysWhatItCannotRead(String yaml, String named) throws IOException {
    config(yaml);
    assertThatThrownBy(this::bytes).isInstanceOf(IOException.class).hasMessageContaining(named);
  }

  @Test
  void saysThatTheFileIsNotThere() throws IOException {
    started("--config=/etc/kubelet.yaml");
    assertThatThrownBy(this::bytes)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("etc/kubelet.yaml");
  }
}
