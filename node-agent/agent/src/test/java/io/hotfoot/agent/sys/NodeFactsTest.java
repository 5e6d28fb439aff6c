package io.hotfoot.agent.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFactsTest {
  @TempDir Path proc;

  @BeforeEach
  void folders() throws IOException {
    Files.createDirectories(proc.resolve("sys/vm"));
    Files.createDirectories(proc.resolve("self"));
  }

  @Test
  void userfaultfdIsOpen() throws IOException {
    Files.writeString(proc.resolve("sys/vm/unprivileged_userfaultfd"), "1\n");
    assertThat(new NodeFacts(proc).userfaultfdMissing()).isEmpty();
  }

  @Test
  void userfaultfdIsClosed() throws IOException {
    Files.writeString(proc.resolve("sys/vm/unprivileged_userfaultfd"), "0\n");
    assertThat(new NodeFacts(proc).userfaultfdMissing().orElseThrow())
        .contains("sysctl -w vm.unprivileged_userfaultfd=1");
  }

  @Test
  void userfaultfdIsNotThere() throws IOException {
    assertThat(new NodeFacts(proc).userfaultfdMissing().orElseThrow())
        .contains("CONFIG_USERFAULTFD");
  }

  @Test
  void theRightToPull() throws IOException {
    Files.writeString(proc.resolve("self/status"), "Name:\tjava\nCapEff:\t0000000000080002\n");
    assertThat(new NodeFacts(proc).pullMissing()).isEmpty();
    Files.writeString(proc.resolve("self/status"), "Name:\tjava\nCapEff:\t0000000000000002\n");
    assertThat(new NodeFacts(proc).pullMissing().orElseThrow()).contains("CAP_SYS_PTRACE");
  }
}
