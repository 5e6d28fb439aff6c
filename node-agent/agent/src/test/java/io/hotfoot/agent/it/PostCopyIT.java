package io.hotfoot.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.hotfoot.agent.grpc.Certificates;
import io.hotfoot.agent.source.LeftThrottles;
import io.hotfoot.agent.v1.CollectHintsRequest;
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.v1.RamLayout;
import io.hotfoot.agent.v1.RamSegment;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.agent.v1.VmDescription;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URL;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Real post-copy on one machine: two libvirt daemons, a QEMU each, and one agent that is asked for
 * both sides. The guest runs no system; its memory is written from outside.
 */
@QuarkusTest
@TestProfile(PodsInTmp.class)
@WithTestResource(Certificates.class)
class PostCopyIT {
  @TestHTTPResource(tls = true)
  URL url;

  @Inject LeftThrottles leftThrottles;

  private TwoPods pods;

  @BeforeEach
  void startTwoPods() throws Exception {
    Machine.requireMigration();
    pods = new TwoPods(url);
    pods.awaitReady();
    pods.source.createDomain();
    GuestMemory.write(pods.source);
  }

  @AfterEach
  void stop() throws Exception {
    if (pods != null) {
      pods.close();
    }
  }

  @Test
  void hintedPagesComeFirstAndTheRestWhenReleased() throws Exception {
    describes();
    saysWhyThereAreNoHints();
    pods.arm(60_000);
    assertThat(pods.pull(layout()))
        .isEqualTo(GuestMemory.HOT.getCardinality() + GuestMemory.KERNEL.getCardinality());
    Process migration = pods.source.migrateTo(pods.target);

    TargetReport resident = pods.awaitTarget(TargetReport.State.TARGET_RESIDENT);
    assertThat(resident.getResidentPages()).isEqualTo(resident.getHintedPages());
    assertThat(resident.getHotResidentPages()).isEqualTo(GuestMemory.HOT.getCardinality());
    assertThat(resident.getFailedPages()).isZero();
    assertThat(resident.getHotResidentMs())
        .isBetween(resident.getPostcopySeenMs(), resident.getHintedResidentMs());
    SourceReport throttled = pods.awaitSource(SourceReport.State.SOURCE_POSTCOPY);
    assertThat(throttled.getThrottled()).isTrue();
    assertThat(throttled.getSwitchAskedMs())
        .isGreaterThanOrEqualTo(throttled.getMigrationStartedMs());
    assertThat(throttled.getSwitchedMs()).isGreaterThanOrEqualTo(throttled.getSwitchAskedMs());
    assertThat(throttled.getMemoryRemaining()).as("pages were pulled, not streamed").isPositive();
    GuestMemory.assertArrived(pods.target, GuestMemory.HOT);
    GuestMemory.assertArrived(pods.target, GuestMemory.KERNEL);

    pods.release();
    SourceReport completed = pods.awaitSource(SourceReport.State.SOURCE_COMPLETED);
    assertThat(completed.getThrottled()).isFalse();
    assertThat(completed.getRemoteFaults()).isPositive();
    assertThat(migration.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(migration.exitValue()).isZero();
    pods.awaitTarget(TargetReport.State.TARGET_ENDED);
    GuestMemory.assertArrived(pods.target, GuestMemory.WRITTEN);
  }

  @Test
  void theLeaseLiftsTheThrottleWhenNobodyRenewsIt() throws Exception {
    pods.arm(1000);
    Process migration = pods.source.migrateTo(pods.target);
    SourceReport completed = pods.awaitSource(SourceReport.State.SOURCE_COMPLETED);
    assertThat(completed.getThrottled()).isFalse();
    assertThat(migration.waitFor(30, TimeUnit.SECONDS)).isTrue();
    GuestMemory.assertArrived(pods.target, GuestMemory.WRITTEN);
  }

  @Test
  void aMigrationThatRunsAlreadyIsSwitched() throws Exception {
    Process migration = pods.source.migrateTo(pods.target, "--bandwidth", "1");
    await().atMost(Duration.ofSeconds(20)).until(() -> pods.describeSource().getJobActive());
    pods.arm(60_000);
    pods.awaitSource(SourceReport.State.SOURCE_POSTCOPY);
    pods.release();
    pods.awaitSource(SourceReport.State.SOURCE_COMPLETED);
    assertThat(migration.waitFor(30, TimeUnit.SECONDS)).isTrue();
    GuestMemory.assertArrived(pods.target, GuestMemory.WRITTEN);
  }

  @Test
  void aThrottleThatAKilledAgentLeftIsLifted() throws Exception {
    pods.arm(60_000);
    Process migration = pods.source.migrateTo(pods.target);
    assertThat(pods.awaitSource(SourceReport.State.SOURCE_POSTCOPY).getThrottled()).isTrue();

    leftThrottles.lift(); // as an agent does that starts

    assertThat(migration.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(migration.exitValue()).isZero();
    GuestMemory.assertArrived(pods.target, GuestMemory.WRITTEN);
  }

  private void describes() {
    VmDescription vm = pods.describeSource();
    assertThat(vm.getQemuVersion()).isGreaterThan(8_000_000);
    assertThat(vm.getJobActive()).isFalse();
    assertThat(vm.getMemoryBytes())
        .as("what was written of its RAM")
        .isGreaterThan((long) GuestMemory.WRITTEN.getCardinality() * GuestMemory.PAGE);
  }

  private void saysWhyThereAreNoHints() {
    var request =
        CollectHintsRequest.newBuilder()
            .setEvictionUid(TwoPods.ON_SOURCE)
            .setVm(TwoPods.ref(pods.source))
            .setSource(HintSource.HINT_SOURCE_GUEST)
            .setDeadlineMs(5000)
            .build();
    assertThatThrownBy(() -> pods.agent().collectHints(request).next())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
              assertThat(e.getStatus().getDescription()).contains("qemu-guest-agent does not run");
            });
  }

  /** All of this guest's memory is below 2 GiB, in one piece but for the hole below 1 MiB. */
  private static RamLayout layout() {
    int hole = 1 << 20;
    return RamLayout.newBuilder()
        .addSegments(
            RamSegment.newBuilder()
                .setFirstGfn(hole / GuestMemory.PAGE)
                .setPages(GuestMemory.FRAMES - hole / GuestMemory.PAGE)
                .setBlock("pc.ram")
                .setBlockSize(GuestMemory.BYTES)
                .setBlockOffset(hole))
        .build();
  }
}
