package io.hotfoot.agent.sys;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
  private final int self = (int) ProcessHandle.current().pid();

  @Test
  void touchesMemoryThatIsThere() {
    try (Arena arena = Arena.ofConfined();
        ProcessMemory memory = new ProcessMemory(self)) {
      long address = arena.allocate(4096).address();
      assertThatCode(() -> memory.touch(address)).doesNotThrowAnyException();
    }
  }

  @Test
  void saysThatNothingIsMapped() {
    try (ProcessMemory memory = new ProcessMemory(self)) {
      assertThatThrownBy(() -> memory.touch(4096))
          .isInstanceOfSatisfying(Errno.class, e -> assertNumber(e, Errno.EFAULT))
          .hasMessageContaining("Bad address");
    }
  }

  @Test
  void saysThatTheProcessIsGone() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    try (ProcessMemory memory = new ProcessMemory((int) process.pid())) {
      assertThatThrownBy(() -> memory.touch(4096))
          .isInstanceOfSatisfying(Errno.class, e -> assertNumber(e, Errno.ESRCH));
    }
  }

  private static void assertNumber(Errno e, int number) {
    if (e.number() != number) {
      throw new AssertionError("errno " + e.number() + ", expected " + number, e);
    }
  }
}
