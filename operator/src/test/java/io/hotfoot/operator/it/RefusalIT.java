package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.dsl.Resource;
import io.grpc.Status;
import io.hotfoot.agent.v1.LinkDescription;
import io.hotfoot.agent.v1.Usable;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionCondition.Type;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.Target;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.agent.FakeAgent;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What cannot be evicted, or not yet, or only by a lower rung; and what the user is told. */
class RefusalIT extends Scene {
  @AfterEach
  void uncordon() {
    kubeVirt.cordon(FakeKubeVirt.TARGET, false);
  }

  @Test
  void vmThatDoesNotExist() {
    startOperator();
    Resource<VMEviction> eviction = create("evict", spec("nobody"));
    assertFails(eviction, Reason.VmiNotFound, "nobody");
  }

  @Test
  void vmThatDoesNotRun() {
    kubeVirt.patchVm(VM, "{\"status\":{\"phase\":\"Scheduling\"}}");
    startOperator();
    assertFails(evict(EvictionMode.Enlightened), Reason.VmiNotRunning, "Scheduling");
  }

  @Test
  void vmThatIsNotLiveMigratable() {
    kubeVirt.patchVm(
        VM,
        "{\"status\":{\"conditions\":[{\"type\":\"LiveMigratable\",\"status\":\"False\",\"reason\":\"DisksNotLiveMigratable\",\"message\":\"PVC is ReadWriteOnce\"}]}}");
    startOperator();
    assertFails(evict(EvictionMode.Enlightened), Reason.NotLiveMigratable, "PVC is ReadWriteOnce");
  }

  @Test
  void vmThatAlreadyMigratesIsEvictedAfterwards() {
    kubeVirt.hold(FakeKubeVirt.Hold.SCHEDULING);
    startOperator();
    Resource<VMEviction> first = evict(EvictionMode.PreCopy);
    awaitPhase(first, EvictionPhase.Migrating);
    Resource<VMEviction> second = create("second", spec(VM));
    assertWaits(second, Reason.EvictionActive, "evict");
  }

  @Test
  void noAgentOnTheSource() {
    agents.stop(FakeKubeVirt.SOURCE);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened, "4s");
    assertWaits(eviction, Reason.AgentUnavailable, "node-a");
    assertFails(eviction, Reason.DeadlineExceeded, "node-a");
  }

  @Test
  void agentOfAnotherVersion() {
    target().node = target().node.toBuilder().setAgentVersion("0.2.0").build();
    startOperator();
    assertWaits(evict(EvictionMode.Enlightened), Reason.AgentVersionMismatch, "0.2.0");
  }

  @Test
  void noNodeToGoTo() {
    kubeVirt.cordon(FakeKubeVirt.TARGET, true);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    assertWaits(eviction, Reason.NoTargetNode, "besides node-a");
    kubeVirt.cordon(FakeKubeVirt.TARGET, false);
    awaitPhase(eviction, EvictionPhase.PostCopy);
  }

  @Test
  void theOnlyNodeToGoToIsShortOfMemory() {
    kubeVirt.memoryPressure(FakeKubeVirt.TARGET, true);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    assertWaits(eviction, Reason.NoTargetNode, "without pressure on memory");
    kubeVirt.memoryPressure(FakeKubeVirt.TARGET, false);
    awaitPhase(eviction, EvictionPhase.PostCopy);
  }

  @Test
  void targetWithLessMemoryThanTheVmHas() {
    source().vm = source().vm.toBuilder().setMemoryBytes(900L << 20).build();
    target().node = target().node.toBuilder().setMemoryRoom(899L << 20).build();
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    assertWaits(eviction, Reason.TargetMemoryShort, "node-b 899 MiB");
    target().node = target().node.toBuilder().setMemoryRoom(900L << 20).build();
    awaitPhase(eviction, EvictionPhase.PostCopy);
  }

  @Test
  void targetWithoutTheHugePagesThatTheVmIsIn() {
    kubeVirt.runVm(
        "huge", "resources: {limits: {cpu: 1}}, memory: {hugepages: {pageSize: 2Mi}, guest: 1Gi}");
    kubeVirt.patchVm("huge", "{\"status\":{\"memory\":{\"guestCurrent\":\"1Gi\"}}}");
    target().node =
        target().node.toBuilder()
            .setMemoryRoom(64L << 30)
            .putFreeHugeBytes(2 << 20, 512L << 20)
            .putFreeHugeBytes(1 << 30, 4L << 30)
            .build();
    startOperator();
    Resource<VMEviction> eviction = create("evict", spec("huge"));
    assertWaits(eviction, Reason.TargetMemoryShort, "free huge pages of 2Mi: node-b 512 MiB");
    target().node = target().node.toBuilder().putFreeHugeBytes(2 << 20, 1L << 30).build();
    awaitPhase(eviction, EvictionPhase.PostCopy);
  }

  @Test
  void linkThatDamagesPackets() {
    linkOf(source(), LinkDescription.newBuilder().setPackets(100_000).setBadPackets(101));
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    assertWaits(
        eviction,
        Reason.LinkUnsound,
        "of 100000 packets that node node-a received in the last minute 101 were damaged");
    linkOf(source(), LinkDescription.newBuilder().setPackets(100_000).setBadPackets(100));
    awaitPhase(eviction, EvictionPhase.PostCopy);
  }

  @Test
  void linkOfTheOnlyTargetThatDamagesPackets() {
    linkOf(target(), LinkDescription.newBuilder().setPackets(1000).setBadPackets(2));
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    assertWaits(eviction, Reason.LinkUnsound, "of 1000 packets that node node-b received");
    linkOf(target(), LinkDescription.newBuilder().setPackets(999).setBadPackets(999));
    awaitPhase(eviction, EvictionPhase.PostCopy);
  }

  @Test
  void preCopyMindsNeither() {
    source().vm = source().vm.toBuilder().setMemoryBytes(900L << 20).build();
    target().node = target().node.toBuilder().setMemoryRoom(-1).build();
    linkOf(source(), LinkDescription.newBuilder().setPackets(1000).setBadPackets(1000));
    startOperator();
    awaitPhase(evict(EvictionMode.PreCopy), EvictionPhase.Migrating);
  }

  private static void linkOf(FakeAgent agent, LinkDescription.Builder link) {
    agent.node = agent.node.toBuilder().setLink(link).build();
  }

  @Test
  void selectorThatNoNodeMatches() {
    startOperator();
    VMEvictionSpec spec =
        new VMEvictionSpec(
            VM,
            EvictionMode.Enlightened,
            new Target(Map.of("zone", "moon")),
            new Hints(Hints.Source.Auto, null),
            "10m",
            0,
            false,
            null,
            null,
            null);
    assertWaits(create("evict", spec), Reason.NoTargetNode, "nodeSelector");
  }

  @Test
  void kubeVirtInRollOut() {
    kubeVirt.setPhase("Deploying");
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    assertWaits(eviction, Reason.KubeVirtNotReady, "Deploying");
    kubeVirt.setPhase("Deployed");
    awaitPhase(eviction, EvictionPhase.PostCopy);
  }

  @Test
  void youngVirtHandler() {
    kubeVirt.pods().handler(FakeKubeVirt.SOURCE, Instant.now());
    startOperator();
    assertWaits(evict(EvictionMode.Enlightened), Reason.VirtHandlerNotReady, "node-a");
  }

  @Test
  void userfaultfdClosedToQemu() {
    target().node =
        target().node.toBuilder()
            .setUserfaultfd(Usable.newBuilder().setWhyNot("set vm.unprivileged_userfaultfd=1"))
            .build();
    startOperator();
    assertSteppedDown(
        evict(EvictionMode.Enlightened),
        EvictionMode.PreCopy,
        Reason.UserfaultfdClosed,
        "vm.unprivileged_userfaultfd=1");
  }

  @Test
  void multifdRefusedByQemu() {
    kubeVirt.runVm("unlimited", "resources: {}");
    startOperator();
    assertSteppedDown(
        create("evict", spec("unlimited")),
        EvictionMode.PreCopy,
        Reason.MultifdUnsupported,
        "CPU limit");
  }

  @Test
  void hostDevice() {
    kubeVirt.patchVm(
        VM,
        "{\"spec\":{\"domain\":{\"devices\":{\"gpus\":[{\"name\":\"g\",\"deviceName\":\"v.com/gpu\"}]}}}}");
    startOperator();
    assertSteppedDown(
        evict(EvictionMode.Enlightened), EvictionMode.PreCopy, Reason.HostDevices, "GPU");
  }

  @Test
  void fileSystemByVirtiofs() {
    kubeVirt.patchVm(
        VM,
        "{\"spec\":{\"domain\":{\"devices\":{\"filesystems\":[{\"name\":\"f\",\"virtiofs\":{}}]}}}}");
    startOperator();
    assertSteppedDown(
        evict(EvictionMode.PostCopy), EvictionMode.PreCopy, Reason.VhostUserDevices, "virtiofs");
  }

  @Test
  void hugePagesOfAGibibyte() {
    kubeVirt.patchVm(
        VM, "{\"spec\":{\"domain\":{\"memory\":{\"hugepages\":{\"pageSize\":\"1Gi\"}}}}}");
    startOperator();
    assertSteppedDown(
        evict(EvictionMode.Enlightened), EvictionMode.PreCopy, Reason.HugePagesTooLarge, "1Gi");
  }

  @Test
  void agentThatMayNotPull() {
    target().node =
        target().node.toBuilder()
            .setPull(Usable.newBuilder().setWhyNot("CAP_SYS_PTRACE is missing"))
            .build();
    startOperator();
    assertSteppedDown(
        evict(EvictionMode.Enlightened),
        EvictionMode.PostCopy,
        Reason.AgentNotAble,
        "CAP_SYS_PTRACE");
  }

  @Test
  void libvirtJobUnderWay() {
    source().vm = source().vm.toBuilder().setJobActive(true).build();
    startOperator();
    assertWaits(evict(EvictionMode.Enlightened), Reason.MigrationActive, "libvirt");
  }

  @Test
  void vmThatTheAgentDoesNotFind() {
    source().refuse("DescribeVm", Status.NOT_FOUND.withDescription("no QEMU in that pod"));
    startOperator();
    assertWaits(evict(EvictionMode.Enlightened), Reason.AgentUnavailable, "no QEMU in that pod");
  }

  private static VMEvictionSpec spec(String vm) {
    return spec(vm, EvictionMode.Enlightened, "10m", Hints.Source.Auto);
  }

  private void assertWaits(Resource<VMEviction> eviction, Reason reason, String message) {
    EvictionCondition condition = awaitReason(eviction, Type.ReadyToEvict, reason);
    assertThat(condition.message()).contains(message);
    assertThat(eviction.get().getStatus().phase).isEqualTo(EvictionPhase.Pending);
  }

  private void assertFails(Resource<VMEviction> eviction, Reason reason, String message) {
    EvictionCondition condition =
        condition(awaitPhase(eviction, EvictionPhase.Failed), Type.Completed);
    assertThat(condition.reason()).isEqualTo(reason);
    assertThat(condition.message()).contains(message);
    assertNothingLeft();
  }

  private void assertSteppedDown(
      Resource<VMEviction> eviction, EvictionMode mode, Reason reason, String message) {
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(status.mode).isEqualTo(mode);
    EvictionCondition condition = condition(status, Type.ReadyToEvict);
    assertThat(condition.reason()).isEqualTo(reason);
    assertThat(condition.message()).contains(message);
  }
}
