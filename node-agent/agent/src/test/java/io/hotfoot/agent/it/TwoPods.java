package io.hotfoot.agent.it;

import static org.awaitility.Awaitility.await;

import io.hotfoot.agent.grpc.AgentClient;
import io.hotfoot.agent.grpc.Certificates;
import io.hotfoot.agent.grpc.PagesToPull;
import io.hotfoot.agent.hints.HintClass;
import io.hotfoot.agent.hints.HintSetWriter;
import io.hotfoot.agent.v1.ArmRequest;
import io.hotfoot.agent.v1.DescribeVmRequest;
import io.hotfoot.agent.v1.EvictionReport;
import io.hotfoot.agent.v1.ForgetRequest;
import io.hotfoot.agent.v1.NodeAgentGrpc.NodeAgentBlockingStub;
import io.hotfoot.agent.v1.PullHeader;
import io.hotfoot.agent.v1.RamLayout;
import io.hotfoot.agent.v1.ReleaseRequest;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.agent.v1.VmDescription;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.agent.v1.WatchRequest;
import io.hotfoot.agent.vm.VmId;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import org.roaringbitmap.RoaringBitmap;

/** Two pods on this machine, and one agent that is asked for both sides of an eviction. */
@SuppressWarnings("try") // a test that is interrupted ends all the same
final class TwoPods implements AutoCloseable {
  static final String ON_SOURCE = "eviction-at-source";
  private static final String ON_TARGET = "eviction-at-target";
  private static final Duration LONGEST = Duration.ofSeconds(40);

  /** Bytes a second; libvirt rounds it up to 1 MiB. */
  private static final long SLOWEST = 1;

  final Path folder;
  final LauncherPod source;
  final LauncherPod target;
  private final AgentClient client;

  /**
   * Starts the pods, without a guest.
   *
   * @param agent its address
   */
  TwoPods(URL agent) throws Exception {
    folder = PodsInTmp.make();
    source = new LauncherPod("source-pod", folder);
    target = new LauncherPod("target-pod", folder);
    client = new AgentClient(agent.getPort(), Certificates.of("hotfoot-operator"));
  }

  void awaitReady() {
    await().atMost(LONGEST).until(() -> source.ready() && target.ready());
  }

  NodeAgentBlockingStub agent() {
    return client.blocking();
  }

  static VmRef ref(LauncherPod pod) {
    VmId vm = pod.vm();
    return VmRef.newBuilder()
        .setNamespace(vm.namespace())
        .setName(vm.name())
        .setLauncherPodUid(vm.launcherPodUid())
        .build();
  }

  VmDescription describeSource() {
    return agent().describeVm(DescribeVmRequest.newBuilder().setVm(ref(source)).build());
  }

  /** Steers the next migration, and holds the stream back for at most so long unless renewed. */
  void arm(int leaseMs) {
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

  /**
   * Hints {@link GuestMemory}'s hot and kernel pages, and frame 1.
   *
   * @return how many pages will be pulled
   */
  long pull(RamLayout layout) throws Exception {
    return pull(layout, GuestMemory.FRAMES, GuestMemory.HOT);
  }

  /** The same with these hot pages. */
  long pull(RamLayout layout, long frames, RoaringBitmap hot) throws Exception {
    byte[] hints =
        new HintSetWriter(frames)
            .section(HintClass.HOT, 3, hot)
            .section(HintClass.KERNEL, 0, GuestMemory.KERNEL)
            .section(HintClass.OTHER, 0, RoaringBitmap.bitmapOf(1))
            .bytes();
    PullHeader.Builder header =
        PullHeader.newBuilder().setEvictionUid(ON_TARGET).setVm(ref(target)).setLayout(layout);
    return PagesToPull.ask(client, header, hints).get();
  }

  void release() {
    agent().release(ReleaseRequest.newBuilder().setEvictionUid(ON_SOURCE).build());
  }

  SourceReport awaitSource(SourceReport.State state) {
    return await()
        .atMost(LONGEST)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> watch(ON_SOURCE).getSource(), report -> report.getState() == state);
  }

  TargetReport awaitTarget(TargetReport.State state) {
    return await()
        .atMost(LONGEST)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> watch(ON_TARGET).getTarget(), report -> report.getState() == state);
  }

  TargetReport target() {
    return watch(ON_TARGET).getTarget();
  }

  private EvictionReport watch(String uid) {
    return agent().watch(WatchRequest.newBuilder().setEvictionUid(uid).build()).next();
  }

  @Override
  public void close() throws Exception {
    agent().forget(ForgetRequest.newBuilder().setEvictionUid(ON_SOURCE).build());
    agent().forget(ForgetRequest.newBuilder().setEvictionUid(ON_TARGET).build());
    client.close();
    source.close();
    target.close();
    PodsInTmp.delete();
  }
}
