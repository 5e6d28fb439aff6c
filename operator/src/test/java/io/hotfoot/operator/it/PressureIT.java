package io.hotfoot.operator.it;

import static io.hotfoot.operator.it.Pressed.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.agent.FakeAgent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a policy does about a pressed node. */
class PressureIT extends PressureScene {
  @Test
  void evictsFromThePressedNodeAsAPersonWould() {
    startOperator();
    apply("relief", Enforcement.Enforce);
    source().press(report(80, true, usage(VM, 900)));
    VMEviction eviction = awaitEviction();
    assertThat(eviction.getSpec().vmiName()).isEqualTo(VM);
    assertThat(eviction.getSpec().reason())
        .isEqualTo("node %s: cpu Some 80%% over 10s".formatted(FakeKubeVirt.SOURCE));
    assertThat(eviction.getSpec().requestedBy()).isEqualTo("NodePressurePolicy/relief");
    assertThat(eviction.getMetadata().getAnnotations().get(NodePressurePolicy.DECISION))
        .contains(VM)
        .contains("900 mCPU");
    NodePressureStatus told = awaitOutcome("relief", Outcome.Evicted); // until it has succeeded
    assertThat(told.vm()).isEqualTo(namespace + "/" + VM);
    letSucceed(eviction);
    assertNothingLeft();
  }

  @Test
  void waitsAfterwardsForWhatHasLeftToHelp() {
    startOperator();
    apply("relief", Enforcement.Enforce);
    source().press(report(80, true, usage(VM, 900)));
    letSucceed(awaitEviction());
    assertThat(awaitOutcome("relief", Outcome.Waiting).message()).contains("nodeCoolDown");
    assertThat(evictions()).hasSize(1);
  }

  @Test
  void dryRunTellsAndDoesNothing() {
    startOperator();
    apply("relief", Enforcement.DryRun);
    source().press(report(80, true, usage(VM, 900)));
    NodePressureStatus told = awaitOutcome("relief", Outcome.WouldEvict);
    assertThat(told.vm()).isEqualTo(namespace + "/" + VM);
    assertThat(told.pressed()).isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> events("relief").contains("WouldEvict"));
    assertThat(evictions()).isEmpty();
  }

  @Test
  void seesThatPressureIsOver() {
    startOperator();
    apply("relief", Enforcement.DryRun);
    source().press(report(80, true, usage(VM, 900)));
    awaitOutcome("relief", Outcome.WouldEvict);
    source().press(report(3, false, usage(VM, 900)));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> policy("relief").get().getStatus().nodesPressed == 0);
  }

  @Test
  void aPersonsEvictionGoesFirst() {
    kubeVirt.hold(FakeKubeVirt.Hold.SCHEDULING);
    startOperator();
    awaitPhase(evict(EvictionMode.Enlightened), EvictionPhase.Migrating);
    apply("relief", Enforcement.Enforce);
    source().press(report(80, true, usage(VM, 900)));
    assertThat(awaitOutcome("relief", Outcome.Waiting).message())
        .contains("leaves the node already");
    assertThat(evictions()).isEmpty();
  }

  @Test
  void anotherOperatorKeepsToTheBudget() {
    kubeVirt.hold(FakeKubeVirt.Hold.SCHEDULING);
    startOperator();
    apply("relief", Enforcement.Enforce);
    source().press(report(80, true, usage(VM, 900)));
    awaitEviction();
    operator.kill();
    startOperator();
    Long generation = policy("relief").get().getMetadata().getGeneration();
    await()
        .during(Duration.ofSeconds(5))
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                evictions().size() == 1
                    && generation.equals(policy("relief").get().getStatus().observedGeneration));
  }

  @Test
  void callsOffWhatWouldOnlyMoveThePressure() {
    kubeVirt.hold(FakeKubeVirt.Hold.SCHEDULING);
    startOperator();
    apply("relief", Enforcement.Enforce);
    source().press(report(80, true, usage(VM, 900)));
    VMEviction eviction = awaitEviction();
    awaitPhase(resource(eviction), EvictionPhase.Migrating);
    target().press(report(90, true));
    awaitPhase(resource(eviction), EvictionPhase.Aborted);
    await().atMost(Duration.ofSeconds(20)).until(() -> events("relief").contains("CalledOff"));
    assertThat(kubeVirt.vm(VM).get().getStatus().nodeName()).isEqualTo(FakeKubeVirt.SOURCE);
    assertNothingLeft();
  }

  @Test
  void letsAVmGoOnThatHasMovedThoughItsTargetIsPressed() {
    startOperator();
    apply("relief", Enforcement.Enforce);
    source().press(report(80, true, usage(VM, 900)));
    VMEviction eviction = awaitEviction();
    awaitPhase(resource(eviction), EvictionPhase.PostCopy);
    target().press(report(90, true));
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(resource(eviction), EvictionPhase.Succeeded);
  }
}
