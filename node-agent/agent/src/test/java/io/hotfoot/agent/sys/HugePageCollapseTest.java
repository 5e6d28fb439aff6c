package io.hotfoot.agent.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** By this process's own memory. */
class HugePageCollapseTest {
  private static final int SELF = (int) ProcessHandle.current().pid();
  private static final long HUGE = HugePageCollapse.BYTES;
  private static final int HIGHEST_PID = 1 << 22;

  @Test
  void onlyWhatWasWrittenIsOnesOwnAndACollapseMakesAllOfItSo() throws Exception {
    assumeTrue(
        Files.exists(Path.of("/sys/kernel/mm/transparent_hugepage")),
        "this machine's kernel has no transparent huge pages");
    try (Arena arena = Arena.ofConfined();
        PageMap pages = new PageMap(SELF);
        HugePageCollapse collapse = new HugePageCollapse(SELF)) {
      MemorySegment memory = arena.allocate(HUGE, HUGE);
      MemorySegment text = arena.allocateFrom("kept");
      memory.asSlice(4096 * 7).copyFrom(text);
      assertThat(collapse.collapse(memory.address())).isTrue();
      assertThat(pages.own(memory.address(), (int) HUGE)).isEqualTo(512);
      assertThat(memory.asSlice(4096 * 7, text.byteSize()).mismatch(text)).isEqualTo(-1);
    }
  }

  @Test
  void whatCanBeNoHugePageIsRefused() throws Exception {
    try (HugePageCollapse collapse = new HugePageCollapse(SELF)) {
      assertThat(collapse.collapse(0)).as("nothing is mapped there").isFalse();
      assertThatThrownBy(() -> collapse.collapse(1)).hasMessageContaining("Invalid argument");
    }
  }

  @Test
  void aProcessThatIsGoneIsNamed() {
    assertThatThrownBy(() -> new HugePageCollapse(HIGHEST_PID - 1))
        .isInstanceOf(Errno.class)
        .hasMessageContaining("" + (HIGHEST_PID - 1));
  }
}
