package io.hotfoot.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.hotfoot.agent.grpc.AgentClient;
import io.hotfoot.agent.grpc.Certificates;
import io.hotfoot.agent.grpc.PagesToPull;
import io.hotfoot.agent.hints.HintClass;
import io.hotfoot.agent.hints.HintSetWriter;
import io.hotfoot.agent.source.LeftThrottles;
import io.hotfoot.agent.v1.ArmRequest;
import io.hotfoot.agent.v1.CollectHintsRequest;
import io.hotfoot.agent.v1.DescribeVmRequest;
import io.hotfoot.agent.v1.ForgetRequest;
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.v1.NodeAgentGrpc.NodeAgentBlockingStub;
import io.hotfoot.agent.v1.PullHeader;
import io.hotfoot.agent.v1.PullRequest;
import io.hotfoot.agent.v1.RamLayout;
import io.hotfoot.agent.v1.RamSegment;
import io.hotfoot.agent.v1.ReleaseRequest;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.agent.v1.VmDescription;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.agent.v1.WatchRequest;
import io.hotfoot.agent.vm.VmId;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/**
 * Real post-copy on one machine: two libvirt daemons, a QEMU each, and one agent that is asked for
 * both sides. The guest runs no system; its memory is written from outside.
 */
@QuarkusTest
@TestProfile(PodsInTmp.class)
@WithTestResource(Certificates.class)
class PostCopyIT {
  private static final int MIB = 1 << 20;
  private static final int PAGE = 4096;
  private static final long RAM = 192L * MIB;
  private static final int FRAMES = (int) (RAM / PAGE);

  /** Frames that carry random bytes: one in four of those from 16 MiB on. */
  private static final RoaringBitmap WRITTEN = every(4, 16 * MIB / PAGE);

  private static final RoaringBitmap HOT = every(16, 16 * MIB / PAGE);
  private static final RoaringBitmap KERNEL = every(64, 16 * MIB / PAGE + 4);

  private static final String ON_SOURCE = "eviction-at-source";
  private static final String ON_TARGET = "eviction-at-target";
  private static final long SLOWEST = 1;

  @TestHTTPResource(tls = true)
  URL url;

  @Inject LeftThrottles leftThrottles;

  private LauncherPod source;
  private LauncherPod target;
  private AgentClient client;

  @BeforeEach
  void startTwoPods() throws Exception {
    Machine.requireMigration();
    Path folder = PodsInTmp.make();
    source = new LauncherPod("source-pod", folder);
    target = new LauncherPod("target-pod", folder);
    await().atMost(Duration.ofSeconds(30)).until(() -> source.ready() && target.ready());
    source.createDomain();
    writeMemory();
    client = new AgentClient(url.getPort(), Certificates.of("hotfoot-operator"));
  }

  @AfterEach
  void stop() throws Exception {
    if (client != null) {
      agent().forget(ForgetRequest.newBuilder().setEvictionUid(ON_SOURCE).build());
      agent().forget(ForgetRequest.newBuilder().setEvictionUid(ON_TARGET).build());
      client.close();
    }
    for (LauncherPod pod : new LauncherPod[] {source, target}) {
      if (pod != null) {
        pod.close();
      }
    }
    PodsInTmp.delete();
  }

  @Test
  void hintedPagesComeFirstAndTheRestWhenReleased() throws Exception {
    describes();
    saysWhyThereAreNoHints();
    arm(60_000);
    assertThat(pull()).isEqualTo(HOT.getCardinality() + KERNEL.getCardinality());
    Process migration = source.migrateTo(target);

    TargetReport resident = awaitTarget(TargetReport.State.TARGET_RESIDENT);
    assertThat(resident.getResidentPages()).isEqualTo(resident.getHintedPages());
    assertThat(resident.getHotResidentPages()).isEqualTo(HOT.getCardinality());
    assertThat(resident.getFailedPages()).isZero();
    assertThat(resident.getHotResidentMs())
        .isBetween(resident.getPostcopySeenMs(), resident.getHintedResidentMs());
    SourceReport throttled = awaitSource(SourceReport.State.SOURCE_POSTCOPY);
    assertThat(throttled.getThrottled()).isTrue();
    assertThat(throttled.getSwitchAskedMs())
        .isGreaterThanOrEqualTo(throttled.getMigrationStartedMs());
    assertThat(throttled.getSwitchedMs()).isGreaterThanOrEqualTo(throttled.getSwitchAskedMs());
    assertThat(throttled.getMemoryRemaining()).as("pages were pulled, not streamed").isPositive();
    assertMemoryArrived(HOT);
    assertMemoryArrived(KERNEL);

    agent().release(ReleaseRequest.newBuilder().setEvictionUid(ON_SOURCE).build());
    SourceReport completed = awaitSource(SourceReport.State.SOURCE_COMPLETED);
    assertThat(completed.getThrottled()).isFalse();
    assertThat(completed.getRemoteFaults()).isPositive();
    assertThat(migration.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(migration.exitValue()).isZero();
    awaitTarget(TargetReport.State.TARGET_ENDED);
    assertMemoryArrived(WRITTEN);
  }

  @Test
  void theLeaseLiftsTheThrottleWhenNobodyRenewsIt() throws Exception {
    arm(1000);
    Process migration = source.migrateTo(target);
    SourceReport completed = awaitSource(SourceReport.State.SOURCE_COMPLETED);
    assertThat(completed.getThrottled()).isFalse();
    assertThat(migration.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertMemoryArrived(WRITTEN);
  }

  @Test
  void aMigrationThatRunsAlreadyIsSwitched() throws Exception {
    Process migration = source.migrateTo(target, "--bandwidth", "1");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> agent().describeVm(vm(source)).getJobActive());
    arm(60_000);
    awaitSource(SourceReport.State.SOURCE_POSTCOPY);
    agent().release(ReleaseRequest.newBuilder().setEvictionUid(ON_SOURCE).build());
    awaitSource(SourceReport.State.SOURCE_COMPLETED);
    assertThat(migration.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertMemoryArrived(WRITTEN);
  }

  @Test
  void aThrottleThatAKilledAgentLeftIsLifted() throws Exception {
    arm(60_000);
    Process migration = source.migrateTo(target);
    assertThat(awaitSource(SourceReport.State.SOURCE_POSTCOPY).getThrottled()).isTrue();

    leftThrottles.lift(); // as an agent does that starts

    assertThat(migration.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(migration.exitValue()).isZero();
    assertMemoryArrived(WRITTEN);
  }

  private void describes() {
    VmDescription vm = agent().describeVm(vm(source));
    assertThat(vm.getQemuVersion()).isGreaterThan(8_000_000);
    assertThat(vm.getJobActive()).isFalse();
    assertThat(vm.getMemoryBytes())
        .as("what was written of its RAM")
        .isGreaterThan((long) WRITTEN.getCardinality() * PAGE);
  }

  private void saysWhyThereAreNoHints() {
    var request =
        CollectHintsRequest.newBuilder()
            .setEvictionUid(ON_SOURCE)
            .setVm(ref(source))
            .setSource(HintSource.HINT_SOURCE_GUEST)
            .setDeadlineMs(5000)
            .build();
    assertThatThrownBy(() -> agent().collectHints(request).next())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
              assertThat(e.getStatus().getDescription()).contains("qemu-guest-agent does not run");
            });
  }

  private void arm(int leaseMs) {
    agent()
        .arm(
            ArmRequest.newBuilder()
                .setEvictionUid(ON_SOURCE)
                .setVm(ref(source))
                .setThrottleBytes(SLOWEST)
                .setLeaseMs(leaseMs)
                .setMigrationUid("m")
                .build());
  }

  private long pull() throws Exception {
    byte[] hints =
        new HintSetWriter(FRAMES)
            .section(HintClass.HOT, 3, HOT)
            .section(HintClass.KERNEL, 0, KERNEL)
            .section(HintClass.OTHER, 0, RoaringBitmap.bitmapOf(1))
            .bytes();
    PagesToPull pages = new PagesToPull();
    StreamObserver<PullRequest> upload = client.streaming().pull(pages);
    upload.onNext(
        PullRequest.newBuilder()
            .setHeader(
                PullHeader.newBuilder()
                    .setEvictionUid(ON_TARGET)
                    .setVm(ref(target))
                    .setLayout(layout())
                    .setLength(hints.length))
            .build());
    int half = hints.length / 2;
    upload.onNext(data(hints, 0, half));
    upload.onNext(data(hints, half, hints.length - half));
    upload.onCompleted();
    return pages.get();
  }

  private static PullRequest data(byte[] hints, int start, int length) {
    return PullRequest.newBuilder().setData(ByteString.copyFrom(hints, start, length)).build();
  }

  /** All of this guest's memory is below 2 GiB, in one piece but for the hole below 1 MiB. */
  private static RamLayout layout() {
    return RamLayout.newBuilder()
        .addSegments(
            RamSegment.newBuilder()
                .setFirstGfn(MIB / PAGE)
                .setPages(FRAMES - MIB / PAGE)
                .setBlock("pc.ram")
                .setBlockSize(RAM)
                .setBlockOffset(MIB))
        .build();
  }

  private SourceReport awaitSource(SourceReport.State state) {
    return await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> watch(ON_SOURCE).getSource(), report -> report.getState() == state);
  }

  private TargetReport awaitTarget(TargetReport.State state) {
    return await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> watch(ON_TARGET).getTarget(), report -> report.getState() == state);
  }

  private io.hotfoot.agent.v1.EvictionReport watch(String uid) {
    return agent().watch(WatchRequest.newBuilder().setEvictionUid(uid).build()).next();
  }

  private NodeAgentBlockingStub agent() {
    return client.blocking();
  }

  private static DescribeVmRequest vm(LauncherPod pod) {
    return DescribeVmRequest.newBuilder().setVm(ref(pod)).build();
  }

  private static VmRef ref(LauncherPod pod) {
    VmId vm = pod.vm();
    return VmRef.newBuilder()
        .setNamespace(vm.namespace())
        .setName(vm.name())
        .setLauncherPodUid(vm.launcherPodUid())
        .build();
  }

  private static RoaringBitmap every(int step, int first) {
    RoaringBitmap frames = new RoaringBitmap();
    for (int frame = first; frame < FRAMES; frame += step) {
      frames.add(frame);
    }
    return frames;
  }

  private static byte[] content(int frame) {
    byte[] bytes = new byte[PAGE];
    new Random(frame).nextBytes(bytes);
    return bytes;
  }

  private void writeMemory() throws IOException {
    long ram = source.ramAddress(RAM);
    try (RandomAccessFile memory = source.memory()) {
      for (int frame : WRITTEN) {
        memory.seek(ram + (long) frame * PAGE);
        memory.write(content(frame));
      }
    }
  }

  /**
   * The target's mapping may be in pieces: the guest's memory is asked for through QEMU's largest
   * mapping.
   */
  private void assertMemoryArrived(RoaringBitmap frames) throws IOException {
    long ram = target.ramAddress(RAM);
    byte[] found = new byte[PAGE];
    try (RandomAccessFile memory = target.memory()) {
      for (int frame : frames) {
        memory.seek(ram + (long) frame * PAGE);
        memory.readFully(found);
        assertThat(found).as("frame " + frame).isEqualTo(content(frame));
      }
    }
  }
}
