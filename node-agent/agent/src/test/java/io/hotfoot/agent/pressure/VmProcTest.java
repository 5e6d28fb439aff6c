package io.hotfoot.agent.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a VM's cgroup counts of its waiting for memory. */
class VmProcTest {
  @TempDir Path process;

  @Test
  void takesWhatTheContainersCgroupCounts() throws IOException {
    Files.writeString(
        pressure(),
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=1234\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
    assertThat(VmProc.memoryStalled(process)).hasValue(1234);
  }

  @Test
  void tellsACgroupOfVersion1() {
    assertThat(VmProc.memoryStalled(process)).isEmpty();
  }

  @Test
  void tellsAFileThatCannotBeRead() throws IOException {
    Files.createDirectory(pressure());
    assertThat(VmProc.memoryStalled(process)).isEmpty();
  }

  private Path pressure() throws IOException {
    return Files.createDirectories(process.resolve("root/sys/fs/cgroup"))
        .resolve("memory.pressure");
  }
}
