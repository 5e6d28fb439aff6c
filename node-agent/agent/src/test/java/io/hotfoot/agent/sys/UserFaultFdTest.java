package io.hotfoot.agent.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** That it sees one which is open, PostCopyIT shows on a real QEMU. */
class UserFaultFdTest {

  @Test
  void seesNoneInAProcessWithout() throws IOException {
    assertThat(UserFaultFd.isOpenIn((int) ProcessHandle.current().pid())).isFalse();
  }

  @Test
  void saysThatTheProcessIsGone() {
    assertThatThrownBy(() -> UserFaultFd.isOpenIn(Integer.MAX_VALUE))
        .isInstanceOf(IOException.class);
  }
}
