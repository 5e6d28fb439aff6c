package io.hotfoot.agent.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OpenFilesTest {
  private static final int SELF = (int) ProcessHandle.current().pid();

  @Test
  void seesWhatIsOpen() throws IOException {
    try (Selector selector = Selector.open()) {
      assertThat(selector.isOpen()).isTrue();
      assertThat(OpenFiles.has(SELF, Path.of("anon_inode:[eventpoll]"))).isTrue();
    }
  }

  @Test
  void aProcessWithoutVmHasNoneOfKvm() throws IOException {
    assertThat(KvmVm.isOpenIn(SELF)).isFalse();
  }
}
