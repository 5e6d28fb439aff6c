package io.hotfoot.operator.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.PressureTrigger.Resource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChooserTest {
  private static final long GIB = 1L << 30;
  private static final Receiver ROOMY = new Receiver("roomy", 5, 100 * GIB, 16_000);
  private static final Receiver TIGHT = new Receiver("tight", 1, 2 * GIB, 16_000);

  private static Candidate vm(String name, int cpuMilli, long gib, long gibUntilFast) {
    return new Candidate(usage(name, cpuMilli, gib).build(), gibUntilFast * GIB, Optional.empty());
  }

  private static VmUsage.Builder usage(String name, int cpuMilli, long gib) {
    return VmUsage.newBuilder()
        .setNamespace("shop")
        .setName(name)
        .setCpuMilli(cpuMilli)
        .setResidentBytes(gib * GIB);
  }

  private static Choice choose(Resource shortOf, List<Receiver> receivers, Candidate... vms) {
    return new Chooser(
            new Score(shortOf, Score.USUAL_LINK_BYTES), receivers.stream().sorted().toList())
        .choose(List.of(vms));
  }

  @Test
  void takesTheBusyVmWhereCpuIsShort() {
    Choice choice =
        choose(Resource.cpu, List.of(ROOMY), vm("idle", 20, 1, 1), vm("busy", 1900, 1, 1));
    assertThat(choice.pick().orElseThrow().vm().name()).isEqualTo("busy");
  }

  @Test
  void takesTheOneThatIsSoonAwayWhereTheyAreAlikeBusy() {
    Choice choice =
        choose(Resource.cpu, List.of(ROOMY), vm("large", 1000, 64, 64), vm("small", 1000, 2, 2));
    assertThat(choice.pick().orElseThrow().vm().name()).isEqualTo("small");
  }

  @Test
  void aKnownWorkingSetCountsMoreThanSize() {
    Choice choice =
        choose(Resource.memory, List.of(ROOMY), vm("unknown", 0, 32, 32), vm("known", 0, 32, 2));
    assertThat(choice.pick().orElseThrow().vm().name()).isEqualTo("known");
  }

  @Test
  void goesToTheLeastPressedNodeThatHasRoom() {
    assertThat(
            choose(Resource.cpu, List.of(ROOMY, TIGHT), vm("small", 1000, 1, 1))
                .pick()
                .orElseThrow()
                .target())
        .isEqualTo("tight");
    assertThat(
            choose(Resource.cpu, List.of(ROOMY, TIGHT), vm("large", 1000, 4, 4))
                .pick()
                .orElseThrow()
                .target())
        .isEqualTo("roomy");
  }

  @Test
  void takesTheNextBestWhereTheBestFindsNoRoom() {
    Choice choice =
        choose(Resource.cpu, List.of(TIGHT), vm("large", 4000, 4, 1), vm("small", 500, 1, 1));
    assertThat(choice.pick().orElseThrow().vm().name()).isEqualTo("small");
    assertThat(choice.explanation()).contains("shop/large").contains("no node has room for it");
  }

  @Test
  void takesNobodyWhoMustStayOrWouldNotHelp() {
    Candidate kept =
        new Candidate(
            usage("kept", 1000, 1).build(), GIB, Optional.of("stays, protected by its label"));
    Choice choice = choose(Resource.cpu, List.of(ROOMY), kept, vm("asleep", 0, 1, 1));
    assertThat(choice.pick()).isEmpty();
    assertThat(choice.explanation())
        .isEqualTo("shop/kept: stays, protected by its label; shop/asleep: stays, it takes no cpu");
  }

  @Test
  void sendsNobodyToWhereCpusWouldBeShort() {
    Receiver busy = new Receiver("busy", 0, 100 * GIB, 900);
    assertThat(choose(Resource.cpu, List.of(busy), vm("web", 1000, 1, 1)).pick()).isEmpty();
    // What it waits for here it would take there.
    Candidate kept =
        new Candidate(usage("web", 800, 1).setCpuWaitMilli(300).build(), GIB, Optional.empty());
    assertThat(choose(Resource.cpu, List.of(busy), kept).pick()).isEmpty();
    assertThat(choose(Resource.cpu, List.of(busy), vm("web", 800, 1, 1)).pick()).isPresent();
  }

  @Test
  void aVmThatItsOwnLimitHoldsBackCountsForLittleMore() {
    Candidate held =
        new Candidate(usage("held", 1000, 1).setCpuWaitMilli(7000).build(), GIB, Optional.empty());
    assertThat(
            choose(Resource.cpu, List.of(ROOMY), held, vm("busy", 2500, 1, 1))
                .pick()
                .orElseThrow()
                .vm()
                .name())
        .isEqualTo("busy");
  }

  @Test
  void takesTheVmThatReadsAndWritesMostWhereIoIsShort() {
    Candidate idle =
        new Candidate(usage("idle", 2000, 1).setIoBytes(10_000).build(), GIB, Optional.empty());
    Candidate scan =
        new Candidate(usage("scan", 100, 1).setIoBytes(90_000_000).build(), GIB, Optional.empty());
    assertThat(choose(Resource.io, List.of(ROOMY), idle, scan).pick().orElseThrow().vm().name())
        .isEqualTo("scan");
  }
}
