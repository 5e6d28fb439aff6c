package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.grpc.Status;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionCondition.Type;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.PlanStatus;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.operator.agent.FakeAgent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Evictions that succeed, each on the rung that its circumstances leave. */
class EvictionIT extends Scene {
  @Test
  void hotPagesFollowFirst() {
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);

    awaitPhase(eviction, EvictionPhase.PostCopy);
    assertThat(source().isThrottled()).isTrue();
    assertThat(target().hasHints()).isTrue();
    target().pull(30);
    await()
        .until(() -> eviction.get().getStatus().transfer.hotPercent(), Integer.valueOf(30)::equals);
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(eviction, EvictionPhase.Draining);
    assertThat(source().isThrottled()).isFalse();
    kubeVirt.letGo();

    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(status.mode).isEqualTo(EvictionMode.Enlightened);
    assertThat(status.sourceNode).isEqualTo(FakeKubeVirt.SOURCE);
    assertThat(status.targetNode).isEqualTo(FakeKubeVirt.TARGET);
    assertThat(status.hints.source()).isEqualTo(Hints.Source.Guest);
    assertThat(status.hints.bytes()).isEqualTo(FakeAgent.HOT_PAGES * 4096L);
    assertThat(status.plan.order()).isEqualTo(PlanStatus.Order.HintedFirst);
    assertThat(status.plan.tookMilliseconds()).isPositive();
    assertThat(status.transfer.hotPercent()).isEqualTo(100);
    assertThat(status.transfer.missedPercent()).isZero();
    assertThat(status.timing.executionTransferred).isNotNull();
    assertThat(status.timing.workingSetResident).isNotNull();
    assertThat(status.conditions).allMatch(it -> it.status().name().equals("True"));
    assertNothingLeft();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(client.v1().events().inNamespace(namespace).list().getItems())
                    .extracting(Event::getReason)
                    .containsOnlyOnce("Preparing", "PostCopy", "Succeeded")
                    .doesNotContain("Draining"));
  }

  @Test
  void nothingIsWrittenWhenNothingChanges() {
    kubeVirt.hold(FakeKubeVirt.Hold.SCHEDULING);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitReason(eviction, Type.HintsCollected, Reason.Collected);
    awaitReason(eviction, Type.ExecutionTransferred, Reason.WaitingForTarget);
    String version = eviction.get().getMetadata().getResourceVersion();
    await()
        .during(Duration.ofSeconds(2))
        .until(() -> eviction.get().getMetadata().getResourceVersion().equals(version));
  }

  @Test
  void plainPostCopyNeedsNoHints() {
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.PostCopy);
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(condition(status, Type.HintsCollected).reason()).isEqualTo(Reason.NotAsked);
    assertThat(target().hasHints()).isFalse();
    assertNothingLeft();
  }

  @Test
  void preCopyNeedsNoAgents() {
    agents.stop(FakeKubeVirt.TARGET);
    source().refuse("DescribeNode", Status.UNAVAILABLE);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.PreCopy);
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(status.mode).isEqualTo(EvictionMode.PreCopy);
    assertThat(condition(status, Type.ReadyToEvict).message()).isEqualTo("all checks have passed");
    assertThat(kubeVirt.hasPolicy()).isFalse();
  }

  @Test
  void guestWithoutCollectorIsEvictedWithoutHints() {
    source().refuse("CollectHints", Status.NOT_FOUND.withDescription("hotfoot-hints is missing"));
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(status.hints.source()).isEqualTo(Hints.Source.None);
    var condition = condition(status, Type.HintsCollected);
    assertThat(condition.reason()).isEqualTo(Reason.AllSourcesFailed);
    assertThat(condition.message()).contains("hotfoot-hints is missing", "switched off here");
    assertNothingLeft();
  }

  @Test
  void aFastStreamIsNotHeldBack() {
    source().streamsIn(1200);
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitPhase(eviction, EvictionPhase.PostCopy);
    target().pull(1);
    EvictionCondition condition = awaitReason(eviction, Type.WorkingSetResident, Reason.Pulling);
    assertThat(condition.message()).contains("fast enough to bring all memory in 1200 ms");
    assertThat(source().isThrottled()).isFalse();
    PlanStatus plan = eviction.get().getStatus().plan;
    assertThat(plan.order()).isEqualTo(PlanStatus.Order.Streamed);
    assertThat(plan.hintedFirstMilliseconds()).isEqualTo(1000);
    assertThat(plan.streamedMilliseconds()).isEqualTo(1200);
    assertThat(plan.tookMilliseconds()).isNull();
    kubeVirt.letGo();
    assertThat(awaitPhase(eviction, EvictionPhase.Succeeded).plan.tookMilliseconds()).isPositive();
  }

  @Test
  void aPodOfAnEarlierStayIsNotTakenForTheVms() {
    String earlier = "0-earlier";
    kubeVirt.patchVm(
        VM,
        "{\"status\":{\"activePods\":{\"%s\":\"%s\"}}}".formatted(earlier, FakeKubeVirt.SOURCE));
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitPhase(eviction, EvictionPhase.PostCopy);
    assertThat(source().armedPod()).isNotEqualTo(earlier);
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(eviction, EvictionPhase.Succeeded);
  }

  @Test
  void failedPullLiftsTheThrottle() {
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitPhase(eviction, EvictionPhase.PostCopy);
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    target()
        .report(
            TargetReport.newBuilder()
                .setState(TargetReport.State.TARGET_FAILED)
                .setError("no right to read QEMU's memory")
                .build());
    var condition = awaitReason(eviction, Type.WorkingSetResident, Reason.PullFailed);
    assertThat(condition.message()).contains("no right");
    assertThat(source().isThrottled()).isFalse();
    kubeVirt.letGo();
    awaitPhase(eviction, EvictionPhase.Succeeded);
    assertNothingLeft();
  }

  @Test
  void deadTargetAgentLiftsTheThrottle() {
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitPhase(eviction, EvictionPhase.PostCopy);
    target().pull(10);
    target().refuse("Pull", Status.UNAVAILABLE);
    target().refuse("Forget", Status.UNAVAILABLE);
    awaitReason(eviction, Type.WorkingSetResident, Reason.PullStalled);
    assertThat(source().isThrottled()).isFalse();
    kubeVirt.letGo();
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(status.transfer.hotPercent()).isEqualTo(100);
  }

  @Test
  void restartedTargetAgentIsGivenTheHintsAgain() {
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitPhase(eviction, EvictionPhase.PostCopy);
    target().restart();
    await().until(target()::hasHints);
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(eviction, EvictionPhase.Succeeded);
  }

  @Test
  void kubeVirtsOwnSwitchIsFollowed() {
    source().refuse("Arm", Status.UNAVAILABLE.withDescription("agent is starting"));
    kubeVirt.hold(FakeKubeVirt.Hold.SWITCH);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitReason(eviction, Type.ExecutionTransferred, Reason.AgentUnavailable);
    kubeVirt.switchByItself();
    kubeVirt.letGo();
    awaitPhase(eviction, EvictionPhase.Succeeded);
  }

  @Test
  void failedPostCopyMigrationIsTriedAgainAsPreCopy() {
    kubeVirt.fail("Postcopy is not yet compatible with multifd");
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(status.mode).isEqualTo(EvictionMode.PreCopy);
    var condition = condition(status, Type.ReadyToEvict);
    assertThat(condition.reason()).isEqualTo(Reason.PostCopyFailed);
    assertThat(condition.message()).contains("not yet compatible with multifd");
    await()
        .untilAsserted(
            () ->
                assertThat(client.v1().events().inNamespace(namespace).list().getItems())
                    .anyMatch(it -> it.getReason().equals("PostCopyFailed")));
    assertThat(kubeVirt.migrations()).hasSize(2);
    assertNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aVmThatIsDeletedInPostCopyIsNoLostGuest(boolean saidAtTheSecondTry) {
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    var unsaid = new LosesOne(Reason.VmiNotRunning.name(), saidAtTheSecondTry);
    operator = RunningOperator.start(agents, unsaid);
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitPhase(eviction, EvictionPhase.PostCopy);
    kubeVirt.patchVm(VM, "{\"metadata\":{\"finalizers\":[\"test.hotfoot.io/stays\"]}}");
    try {
      client.resources(VirtualMachineInstance.class).inNamespace(namespace).withName(VM).delete();
      kubeVirt.fail("domain is not running");
      VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Failed);
      var condition = condition(status, Type.Completed);
      assertThat(condition.reason()).isEqualTo(Reason.VmiNotRunning);
      assertThat(condition.message()).contains("was deleted");
      assertThat(unsaid.hasLost()).isEqualTo(saidAtTheSecondTry);
    } finally {
      kubeVirt.patchVm(VM, "{\"metadata\":{\"finalizers\":null}}");
    }
  }

  @Test
  void guestLostInPostCopyIsSaidSo() {
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitPhase(eviction, EvictionPhase.PostCopy);
    kubeVirt.fail("domain is not running");
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Failed);
    var condition = condition(status, Type.Completed);
    assertThat(condition.reason()).isEqualTo(Reason.GuestLost);
    assertThat(condition.message()).contains("domain is not running");
  }

  /** The API server never gets the first request that has this word in it. */
  private static class LosesOne implements Interceptor {
    private final String word;
    private final AtomicBoolean loses;
    private volatile boolean hasLost;

    LosesOne(String word, boolean loses) {
      this.word = word;
      this.loses = new AtomicBoolean(loses);
    }

    boolean hasLost() {
      return hasLost;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      String body = request.bodyString();
      if (body != null && body.contains(word) && loses.getAndSet(false)) {
        hasLost = true;
        throw new KubernetesClientException("lost");
      }
    }
  }
}
