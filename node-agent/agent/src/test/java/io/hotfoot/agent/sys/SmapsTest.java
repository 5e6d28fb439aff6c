package io.hotfoot.agent.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotfoot.agent.sys.Smaps.Range;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmapsTest {

  @Test
  void findsWhatIsRegisteredAndJoinsNeighbours() throws IOException {
    assertThat(
            read(
                """
                55d0c0000000-55d0c0200000 rw-p 00000000 00:00 0                          [heap]
                Size:               2048 kB
                VmFlags: rd wr mr mw me ac sd
                7f0000000000-7f0040000000 rw-p 00000000 00:00 0
                Rss:                   4 kB
                VmFlags: rd wr mr mw me dc ac sd hg um
                7f0040000000-7f0050000000 rw-p 00000000 00:00 0
                VmFlags: rd wr mr mw me um dc
                7f0060000000-7f0060001000 rw-s 00000000 00:01 1035 /memfd:ram (deleted)
                VmFlags: rd wr sh mr mw me ms um sd
                ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
                VmFlags: ex
                """))
        .containsExactly(
            new Range(0x7f0000000000L, 0x7f0050000000L),
            new Range(0x7f0060000000L, 0x7f0060001000L));
  }

  @Test
  void aFlagThatOnlyContainsUmIsAnother() throws IOException {
    assertThat(read("1000-2000 rw-p 0 0 0\nVmFlags: rd umx sum\n")).isEmpty();
  }

  @Test
  void anEndingProcessHasNoMappings() throws IOException {
    assertThat(read("")).isEmpty();
  }

  @Test
  void refusesWhatIsNoSmaps() {
    assertThatThrownBy(() -> read("deadbeef\n")).isInstanceOf(IOException.class);
  }

  private static List<Range> read(String text) throws IOException {
    return Smaps.registered(new BufferedReader(new StringReader(text)));
  }
}
