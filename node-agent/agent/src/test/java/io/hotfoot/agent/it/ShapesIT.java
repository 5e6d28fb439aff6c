package io.hotfoot.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotfoot.agent.grpc.Certificates;
import io.hotfoot.agent.v1.TargetReport;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URL;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guests whose memory is not one block of small pages, or of which the source has not all, evicted
 * with hints.
 */
@QuarkusTest
@TestProfile(PodsInTmp.class)
@WithTestResource(Certificates.class)
class ShapesIT {
  private static final int MIB = 1 << 20;

  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String PLUGGABLE =
      "<features><acpi/></features><maxMemory slots='2' unit='MiB'>1024</maxMemory>" + numa(192);

  @TestHTTPResource(tls = true)
  URL url;

  private TwoPods pods;
  private AutoCloseable lent;

  /** See {@link HaltedGuest#fill}. */
  private long dense;

  private HaltedGuest guest;

  @BeforeEach
  void startTwoPods() throws Exception {
    Machine.requireMigration();
    pods = new TwoPods(url);
    pods.awaitReady();
  }

  @AfterEach
  void stop() throws Exception {
    if (pods != null) {
      pods.close();
    }
    if (lent != null) {
      lent.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<memoryBacking><hugepages/></memoryBacking>",
        // as KubeVirt asks for it
        "<memoryBacking><hugepages/><source type='memfd'/></memoryBacking>"
      })
  void hugePagesOfHugetlbfs(String memory) throws Exception {
    int pages = 2 * (int) (GuestMemory.BYTES / HugePages.SIZE);
    lent = Machine.requireHugePages(pages);
    evict(memory, 192);
    assertPulled();
  }

  @Test
  void memoryThatIsSharedWithOtherProcesses() throws Exception {
    evict("<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>", 192);
    assertPulled();
  }

  @Test
  void memoryThatIsInUseIsInHugePagesAgain() throws Exception {
    Machine.requireTransparentHugePages();
    dense = 32 * MIB;
    evict("", 192);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(pods.target.smaps(GuestMemory.BYTES, "AnonHugePages"))
                    .as("what is in use, and not what is thinly used")
                    .isBetween(dense * 3 / 4, dense * 2));
    guest.assertArrived();
  }

  @Test
  void memoryThatTheSourceHasInSwap() throws Exception {
    lent = Machine.requireSwap(2 * GuestMemory.BYTES);
    halted("", "", 192).fill(0);
    guest.remember();
    long address = pods.source.ramAddress(GuestMemory.BYTES);
    Swap.out(pods.source.qemu(), address, GuestMemory.BYTES);
    assertThat(pods.source.smaps(GuestMemory.BYTES, "Swap")).isGreaterThan(32 * MIB);
    guest.evict();
    assertPulled();
  }

  @Test
  void memoryThatTheSourceHasMerged() throws Exception {
    lent = Machine.requireKsm();
    halted("", "", 192).fillAlike(0);
    guest.remember();
    await().atMost(SOON).until(() -> Ksm.mergedPages(pods.source.qemu()) > 32 * MIB / 4096);
    guest.evict();
    assertPulled();
  }

  @Test
  void numaNodesOfDifferentSizes() throws Exception {
    evict(numa(64, 128), 64, 128);
    assertPulled();
  }

  @Test
  void numaNodesOfOneSizeCannotBeToldApartAndAreNotPulled() throws Exception {
    evict(numa(96, 96), 96, 96);
    assertThat(pods.target().getResidentPages()).isZero();
  }

  @Test
  void memoryThatWasPluggedIn() throws Exception {
    evict(PLUGGABLE, dimm(128), 192, 128);
    assertPulled();
  }

  /** A guest's hints may name it all the same. */
  @Test
  void memoryThatIsNotPluggedInYet() throws Exception {
    evict(PLUGGABLE, unplugged(128), 192);
    assertPulled();
  }

  private static String dimm(int mib) {
    return "<memory model='dimm'><target><size unit='MiB'>%d</size><node>0</node></target></memory>"
        .formatted(mib);
  }

  /** As KubeVirt has memory that can be plugged in. */
  private static String unplugged(int mib) {
    return """
        <memory model='virtio-mem'><target><size unit='MiB'>%d</size><node>0</node>
          <block unit='MiB'>2</block><requested unit='MiB'>0</requested></target></memory>
        """
        .formatted(mib);
  }

  private static String numa(int... mib) {
    StringBuilder cells = new StringBuilder();
    for (int i = 0; i < mib.length; i++) {
      String cpus = i == 0 ? "cpus='0' " : "";
      cells.append("<cell id='%d' %smemory='%d' unit='MiB'/>".formatted(i, cpus, mib[i]));
    }
    return "<cpu><numa>" + cells + "</numa></cpu>";
  }

  private void evict(String memory, int... blocksMib) throws Exception {
    evict(memory, "", blocksMib);
  }

  private void evict(String memory, String devices, int... blocksMib) throws Exception {
    halted(memory, devices, blocksMib).fill(dense);
    guest.remember();
    guest.evict();
  }

  private HaltedGuest halted(String memory, String devices, int... blocksMib) throws Exception {
    guest = new HaltedGuest(pods, blocksMib);
    guest.start(memory, devices);
    return guest;
  }

  private void assertPulled() {
    TargetReport target = pods.awaitTarget(TargetReport.State.TARGET_ENDED);
    assertThat(target.getHintedPages()).isPositive();
    assertThat(target.getResidentPages()).isEqualTo(target.getHintedPages());
    assertThat(target.getFailedPages()).isZero();
  }
}
