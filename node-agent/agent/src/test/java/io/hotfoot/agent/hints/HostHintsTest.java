package io.hotfoot.agent.hints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotfoot.agent.vm.QemuRam;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.RamSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that behave well and badly in the place of hotfoot-host-hints. */
class HostHintsTest {
  private static final QemuRam RAM =
      new QemuRam(
          new RamLayout(
              List.of(
                  new RamSegment(0, 0xa0, "pc.ram", 1 << 30, 0),
                  new RamSegment(0x100, 0x3ff00, "pc.ram", 1 << 30, 0x100000))),
          Map.of("pc.ram", 0x7efe_bfe0_0000L));
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final int QEMU = 4711;

  @TempDir Path folder;

  @Test
  void tellsTheProgramWhereTheGuestsFramesAre() throws Exception {
    assertThat(new String(program("printf '%s ' \"$@\"").look(QEMU, RAM, 20, LONG)))
        .isEqualTo("look 4711 262144 20 0:160:7efebfe00000 256:261888:7efebff00000 ");
  }

  @Test
  void passesOnWhyTheProgramFailed() throws IOException {
    assertThatThrownBy(() -> look("echo 'eBPF could not be loaded:\tno' >&2; exit 1", LONG))
        .isInstanceOfSatisfying(NoHintsException.class, e -> assertThat(e.isLate()).isFalse())
        .hasMessageContaining("ended with 1: eBPF could not be loaded: no");
  }

  @Test
  void aProgramThatIsKilledGaveNone() {
    assertThatThrownBy(() -> look("kill -9 $$", LONG))
        .isInstanceOf(NoHintsException.class)
        .hasMessageContaining("ended with 137");
  }

  @Test
  void aProgramThatDoesNotEndIsEnded() {
    assertThatThrownBy(() -> look("exec sleep 1000", SHORT))
        .isInstanceOfSatisfying(NoHintsException.class, e -> assertThat(e.isLate()).isTrue())
        .hasMessageContaining("did not end within 300 ms");
  }

  @Test
  void aProgramThatPrintsOnIsEnded() {
    assertThatThrownBy(() -> look("exec cat /dev/zero", Duration.ofSeconds(2)))
        .isInstanceOf(NoHintsException.class)
        .hasMessageContaining("did not end");
    assertThatThrownBy(() -> look("exec cat /dev/zero >&2", SHORT))
        .isInstanceOf(NoHintsException.class)
        .hasMessageContaining("did not end");
  }

  @Test
  void anOutputThatSomebodyElseHoldsIsNotWaitedFor() {
    assertThatThrownBy(() -> look("sleep 5 & exit 0", LONG))
        .isInstanceOf(NoHintsException.class)
        .hasMessageContaining("somebody else holds the output");
  }

  @Test
  void garbageIsNoHintSet() throws Exception {
    byte[] garbage = look("echo this is garbage which is long enough for a header", LONG);
    assertThatThrownBy(() -> HintSetReader.read(garbage))
        .isInstanceOf(HintFormatException.class)
        .hasMessageContaining("magic");
  }

  @Test
  void aMissingProgramIsNamed() {
    assertThatThrownBy(() -> new HostHints(folder.resolve("none")).look(QEMU, RAM, 0, LONG))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none");
  }

  @Test
  void switchedOffSaysHowToSwitchItOn() throws Exception {
    HostAccess access = new HostAccess(Optional.empty());
    assertThat(access.missing().orElseThrow()).contains("agent.hostHints.enabled");
    assertThatThrownBy(() -> access.of(QEMU))
        .isInstanceOf(NoHintsException.class)
        .hasMessageContaining("switched off");
  }

  @Test
  void aNodeThatForbidsItSaysWhatIsMissing() throws Exception {
    Path program = script("echo 'eBPF could not be loaded' >&2; exit 1");
    assertThat(new HostAccess(Optional.of(program), pid -> false).missing().orElseThrow())
        .contains("eBPF could not be loaded", "CAP_BPF and CAP_PERFMON");
  }

  @Test
  void aNodeWithoutTheProgramSaysSo() throws Exception {
    HostAccess access = new HostAccess(Optional.of(folder.resolve("none")), pid -> false);
    assertThat(access.missing().orElseThrow()).contains("none");
  }

  @Test
  void accessedBitsAreOfNoUseUnderKvm() throws Exception {
    HostAccess access = new HostAccess(Optional.of(script("exit 0")), pid -> pid == QEMU);
    assertThat(access.missing()).isEmpty();
    assertThat(access.of(QEMU + 1)).isNotNull();
    assertThatThrownBy(() -> access.of(QEMU))
        .isInstanceOfSatisfying(NoHintsException.class, e -> assertThat(e.isLate()).isFalse())
        .hasMessageContaining("runs by KVM");
  }

  private byte[] look(String script, Duration deadline) throws Exception {
    return program(script).look(QEMU, RAM, 0, deadline);
  }

  private HostHints program(String script) throws IOException {
    return new HostHints(script(script));
  }

  private Path script(String text) throws IOException {
    Path script = Files.writeString(folder.resolve("program"), "#!/bin/sh\n" + text + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }
}
