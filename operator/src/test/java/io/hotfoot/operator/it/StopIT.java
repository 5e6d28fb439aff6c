package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.grpc.Status;
import io.hotfoot.api.v1alpha1.EvictionCondition.Type;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.VMEvictionReconciler;
import io.hotfoot.operator.agent.FakeAgent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Evictions called off, deleted, overdue, or robbed of their migration: before and in post-copy.
 */
class StopIT extends Scene {
  @Test
  void abortBeforePostCopyStopsTheMigration() {
    Resource<VMEviction> eviction = evictUntilMigrating();
    abort(eviction);
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Aborted);
    assertThat(condition(status, Type.Completed).reason()).isEqualTo(Reason.AbortedByUser);
    await().until(() -> kubeVirt.migrations().isEmpty());
    assertNothingLeft();
  }

  @Test
  void abortInPostCopyIsRefused() {
    Resource<VMEviction> eviction = evictUntilPostCopy();
    abort(eviction);
    assertThat(eviction.get().getFinalizers()).containsExactly(VMEvictionReconciler.FINALIZER);
    assertThat(awaitReason(eviction, Type.Completed, Reason.AbortRefused).message())
        .contains("would lose the guest");
    assertThat(kubeVirt.migrations()).hasSize(1);
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(eviction, EvictionPhase.Succeeded);
    assertNothingLeft();
  }

  @Test
  void deletedBeforePostCopyStopsTheMigration() {
    Resource<VMEviction> eviction = evictUntilMigrating();
    eviction.delete();
    await().until(() -> eviction.get() == null && kubeVirt.migrations().isEmpty());
    assertNothingLeft();
  }

  @Test
  void deletedInPostCopyWaitsForTheEnd() {
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    Resource<VMEviction> eviction = evictUntilPostCopy();
    eviction.delete();
    awaitReason(eviction, Type.Completed, Reason.AbortRefused);
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(eviction, EvictionPhase.Draining);
    assertThat(kubeVirt.migrations())
        .allMatch(it -> it.getMetadata().getDeletionTimestamp() == null);
    kubeVirt.letGo();
    await().until(() -> eviction.get() == null && kubeVirt.migrations().isEmpty());
    assertThat(kubeVirt.vm(VM).get().getStatus().nodeName()).isEqualTo(FakeKubeVirt.TARGET);
    assertNothingLeft();
  }

  @Test
  void saysThatNoMemoryComesWhileItDoesNot() {
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    Resource<VMEviction> eviction = evictUntilPostCopy();
    target().pull(FakeAgent.HOT_PAGES);
    awaitCompletedSays(eviction, "and the guest is then lost");
    source().remains(0);
    awaitCompletedSays(eviction, "under way");
    kubeVirt.letGo();
    awaitPhase(eviction, EvictionPhase.Succeeded);
  }

  private void awaitCompletedSays(Resource<VMEviction> eviction, String end) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> condition(eviction.get().getStatus(), Type.Completed).message(),
            message -> message.endsWith(end));
  }

  @Test
  void anAgentThatCannotBeReachedAtTheEndIsToldLater() {
    Resource<VMEviction> eviction = evictUntilPostCopy();
    source().refuse("Forget", Status.UNAVAILABLE.withDescription("the link is cut"));
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(source().knowsNothing()).isFalse();

    source().accept("Forget");
    await().atMost(Duration.ofSeconds(20)).until(() -> source().knowsNothing());
    assertNothingLeft();
  }

  @Test
  void finishedOneCanBeDeletedWithoutAnOperator() {
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.PostCopy);
    awaitPhase(eviction, EvictionPhase.Succeeded);
    await().until(() -> eviction.get().getFinalizers().isEmpty());
    operator.kill();
    eviction.delete();
    assertThat(eviction.get()).isNull();
    startOperator();
  }

  @Test
  void waitingOneCanBeDeletedWithoutAnOperator() {
    kubeVirt.setPhase("Deploying");
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.PostCopy);
    awaitReason(eviction, Type.ReadyToEvict, Reason.KubeVirtNotReady);
    operator.kill();
    eviction.delete();
    assertThat(eviction.get()).isNull();
    startOperator();
  }

  @Test
  void finalizerOfAnEarlierVersionIsTakenOff() {
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.PostCopy);
    awaitPhase(eviction, EvictionPhase.Succeeded);
    await().until(() -> eviction.get().getFinalizers().isEmpty());
    operator.kill();
    eviction.edit(
        it -> {
          it.addFinalizer(VMEvictionReconciler.FINALIZER);
          return it;
        });
    startOperator();
    await().until(() -> eviction.get().getFinalizers().isEmpty());
  }

  @Test
  void migrationDeletedBySomebodyElse() {
    Resource<VMEviction> eviction = evictUntilMigrating();
    client.resource(kubeVirt.migrations().getFirst()).delete();
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Failed);
    assertThat(condition(status, Type.Completed).reason()).isEqualTo(Reason.MigrationDeleted);
    assertNothingLeft();
  }

  @Test
  void migrationDeletedInPostCopyGoesOn() {
    Resource<VMEviction> eviction = evictUntilPostCopy();
    client.resource(kubeVirt.migrations().getFirst()).delete();
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(eviction, EvictionPhase.Succeeded);
    assertNothingLeft();
  }

  @Test
  void overdueBeforePostCopyFails() {
    kubeVirt.hold(FakeKubeVirt.Hold.SCHEDULING);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened, "3s");
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Failed);
    assertThat(condition(status, Type.Completed).reason()).isEqualTo(Reason.DeadlineExceeded);
    assertNothingLeft();
  }

  @Test
  void overdueInPostCopyGoesOn() {
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened, "12s");
    awaitPhase(eviction, EvictionPhase.PostCopy);
    target().pull(1);
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    awaitReason(eviction, Type.Completed, Reason.DeadlineExceeded);
    kubeVirt.letGo();
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(eviction, EvictionPhase.Succeeded);
  }

  @Test
  void goesWhenItsTimeToLiveIsOver() {
    startOperator();
    Resource<VMEviction> eviction =
        create(
            "evict",
            new VMEvictionSpec(
                VM,
                EvictionMode.PreCopy,
                null,
                new Hints(Hints.Source.Auto, null),
                "10m",
                0,
                false,
                1,
                null,
                null));
    await().until(() -> eviction.get() == null && kubeVirt.migrations().isEmpty());
  }

  private Resource<VMEviction> evictUntilMigrating() {
    kubeVirt.hold(FakeKubeVirt.Hold.SWITCH);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitPhase(eviction, EvictionPhase.Migrating);
    await().until(source()::isArmed);
    return eviction;
  }

  private Resource<VMEviction> evictUntilPostCopy() {
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    awaitPhase(eviction, EvictionPhase.PostCopy);
    target().pull(1);
    return eviction;
  }

  private static void abort(Resource<VMEviction> eviction) {
    eviction.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"abort\":true}}");
  }
}
