package io.hotfoot.operator.it;

import static io.hotfoot.operator.it.Pressed.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.PolicyCondition;
import io.hotfoot.api.v1alpha1.VMEviction;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Policies and agents that cannot be right. */
class PressureInputIT extends PressureScene {
  @Test
  void ofTwoPoliciesTheOlderHasTheNodes() {
    startOperator();
    apply("older", Enforcement.DryRun);
    await().until(() -> policy("older").get().getStatus() != null);
    // Their age counts in whole seconds; of one age, the name decides.
    apply("younger", Enforcement.DryRun);
    awaitCondition(
        "younger", PolicyCondition.Reason.NoNodes, "older policies have all nodes that match");
  }

  @Test
  void saysThatANodeCountsNoPressure() {
    startOperator();
    apply("relief", Enforcement.DryRun);
    source()
        .press(
            report(0, false).toBuilder()
                .clearTriggers()
                .addTriggers(TriggerState.newBuilder().setUnavailable("boot it with psi=1"))
                .build());
    awaitCondition(
        "relief",
        PolicyCondition.Reason.SomeNodes,
        "node %s: boot it with psi=1".formatted(FakeKubeVirt.SOURCE));
  }

  @Test
  void saysWhichVmsCountNoWaitingForMemory() {
    startOperator();
    apply("relief", Enforcement.DryRun);
    awaitCondition("relief", PolicyCondition.Reason.AllVms, "waiting for memory is counted");
    source()
        .press(report(2, false, usage(VM, 900).toBuilder().setMemoryStallsUncounted(true).build()));
    awaitCondition(
        "relief",
        PolicyCondition.Reason.SomeVms,
        "1 VMs do not count their waiting for memory (1 on %s)".formatted(FakeKubeVirt.SOURCE));
    awaitCondition("relief", PolicyCondition.Reason.AllNodes, "");
  }

  @Test
  void saysThatAnAgentIsTooOld() {
    source().refuse("WatchPressure", Status.UNIMPLEMENTED.withDescription("unknown method"));
    startOperator();
    apply("relief", Enforcement.DryRun);
    awaitCondition(
        "relief",
        PolicyCondition.Reason.SomeNodes,
        "the agent on node %s: unknown method".formatted(FakeKubeVirt.SOURCE));
  }

  @Test
  void believesNoReportThatCannotBe() {
    startOperator();
    apply("relief", Enforcement.Enforce);
    source().press(report(250, true, usage(VM, 900)));
    awaitCondition("relief", PolicyCondition.Reason.SomeNodes, "reports what cannot be");
    assertThat(evictions()).isEmpty();
  }

  @Test
  void believesNoAgentThatContradictsItself() {
    startOperator();
    apply("relief", Enforcement.Enforce);
    source().press(report(3, true, usage(VM, 900)));
    awaitCondition("relief", PolicyCondition.Reason.SomeNodes, "3 percent said to pass 50");
    assertThat(evictions()).isEmpty();
  }

  @Test
  void ignoresAnAgentThatFloods() {
    startOperator();
    apply("relief", Enforcement.DryRun);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Integer.valueOf(2).equals(nodesWatched("relief")));
    IntStream.range(0, 100).forEach(i -> source().press(report(i, i >= 50, usage(VM, 900))));
    awaitCondition(
        "relief", PolicyCondition.Reason.SomeNodes, "sends more than 20 reports a second");
    assertThat(nodesWatched("relief")).isEqualTo(1);
  }

  @Test
  void aPressedNodeThatVanishesHoldsUpNobody() {
    kubeVirt.hold(FakeKubeVirt.Hold.SCHEDULING);
    startOperator();
    apply("relief", Enforcement.Enforce);
    source().press(report(80, true, usage(VM, 900)));
    VMEviction eviction = awaitEviction();
    awaitPhase(resource(eviction), EvictionPhase.Migrating);
    agents.stop(FakeKubeVirt.SOURCE);
    awaitCondition("relief", PolicyCondition.Reason.SomeNodes, "node " + FakeKubeVirt.SOURCE);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> policy("relief").get().getStatus().nodesPressed == 0);
    kubeVirt.migrations().forEach(it -> client.resource(it).delete());
    awaitPhase(resource(eviction), EvictionPhase.Failed);
    assertThat(evictions()).hasSize(1);
  }

  @Test
  void saysThatItSelectsNoNode() {
    startOperator();
    NodePressurePolicy policy = Pressed.policy("relief", Enforcement.Enforce);
    NodePressurePolicySpec spec = policy.getSpec();
    policy.setSpec(
        new NodePressurePolicySpec(
            Map.of("pool", "none"),
            spec.triggers(),
            spec.victims(),
            spec.target(),
            spec.budget(),
            spec.enforcement(),
            false));
    client.resource(policy).create();
    awaitCondition(
        "relief", PolicyCondition.Reason.NoNodes, "no node that runs VMs matches nodeSelector");
  }
}
