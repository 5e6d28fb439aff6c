package io.hotfoot.operator.it;

import static io.hotfoot.operator.it.Pressed.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.grpc.Status;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionBudget;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.api.v1alpha1.PolicyCondition;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VictimSelection;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.operator.agent.FakeAgent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Policies on the real API server, with agents that report what a test says. */
class PressureIT extends Scene {
  @AfterEach
  void removePolicies() {
    client.resources(NodePressurePolicy.class).delete();
  }

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
    letSucceed(eviction);
    NodePressureStatus told = awaitOutcome("relief", Outcome.Evicted);
    assertThat(told.vm()).isEqualTo(namespace + "/" + VM);
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
  void leavesAProtectedVmWhereItIs() {
    client
        .resources(VirtualMachineInstance.class)
        .inNamespace(namespace)
        .withName(VM)
        .edit(
            vm -> {
              vm.getMetadata().getLabels().put(NodePressurePolicy.PROTECTED_LABEL, "true");
              return vm;
            });
    startOperator();
    apply("relief", Enforcement.Enforce);
    source().press(report(80, true, usage(VM, 900)));
    assertThat(awaitOutcome("relief", Outcome.NothingGood).message())
        .contains(VM + ": stays, protected by its label");
    assertThat(evictions()).isEmpty();
  }

  @Test
  void movesNobodyToWherePressureWouldFollow() {
    startOperator();
    apply("relief", Enforcement.Enforce);
    target().press(report(40, false));
    source().press(report(80, true, usage(VM, 900)));
    assertThat(awaitOutcome("relief", Outcome.NothingGood).message())
        .contains("no node has room for it");
    assertThat(evictions()).isEmpty();
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
    NodePressurePolicy policy =
        Pressed.policy(
            "relief", Enforcement.Enforce, new EvictionBudget(1, 2, 10, "30m", "1m", "24h"));
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

  @Test
  void keepsToWhatVictimsProtects() {
    kubeVirt.runVm("gold");
    kubeVirt.patchVm("gold", "{\"spec\":{\"priorityClassName\":\"gold\"}}");
    kubeVirt.patchVm(VM, "{\"metadata\":{\"labels\":{\"app\":\"db\"}}}");
    startOperator();
    target().press(report(2, false));
    source().press(report(80, true, usage(VM, 900), usage("gold", 900)));
    NodePressurePolicy policy =
        Pressed.policy(
            "relief", Enforcement.Enforce, new EvictionBudget(1, 2, 10, "30m", "1m", "24h"));
    NodePressurePolicySpec spec = policy.getSpec();
    policy.setSpec(
        new NodePressurePolicySpec(
            spec.nodeSelector(),
            spec.triggers(),
            new VictimSelection(null, List.of("gold"), new VictimSelection.GroupMinimum("app", 1)),
            spec.target(),
            spec.budget(),
            spec.enforcement(),
            false));
    client.resource(policy).create();
    assertThat(awaitOutcome("relief", Outcome.NothingGood).message())
        .contains("gold: stays, protected by its priority class gold")
        .contains(
            VM
                + ": stays, of the VMs with app=db in its namespace 0 would be left alone, and"
                + " minUndisturbed is 1");
    assertThat(evictions()).isEmpty();
  }

  private Integer nodesWatched(String name) {
    var status = policy(name).get().getStatus();
    return status == null ? null : status.nodesWatched;
  }

  private Resource<VMEviction> resource(VMEviction eviction) {
    return client
        .resources(VMEviction.class)
        .inNamespace(namespace)
        .withName(eviction.getMetadata().getName());
  }

  private VmUsage usage(String vm, int cpuMilli) {
    return Pressed.usage(namespace, vm, cpuMilli);
  }

  /** The nodes report all the while, as real agents do: what is older than 5 s is not believed. */
  private void apply(String name, Enforcement enforcement) {
    target().press(report(2, false));
    source().press(report(2, false, usage(VM, 900)));
    EvictionBudget budget = new EvictionBudget(1, 2, 10, "30m", "1m", "24h");
    client.resource(Pressed.policy(name, enforcement, budget)).create();
  }

  private List<String> events(String name) {
    String uid = policy(name).get().getMetadata().getUid();
    return client.v1().events().inNamespace("default").list().getItems().stream()
        .filter(it -> uid.equals(it.getInvolvedObject().getUid()))
        .map(Event::getReason)
        .toList();
  }

  private Resource<NodePressurePolicy> policy(String name) {
    return client.resources(NodePressurePolicy.class).withName(name);
  }

  private List<VMEviction> evictions() {
    return client
        .resources(VMEviction.class)
        .inNamespace(namespace)
        .withLabel(NodePressurePolicy.POLICY_LABEL)
        .list()
        .getItems();
  }

  private VMEviction awaitEviction() {
    return await("an eviction")
        .atMost(Duration.ofSeconds(20))
        .until(this::evictions, it -> !it.isEmpty())
        .getFirst();
  }

  private void letSucceed(VMEviction eviction) {
    awaitPhase(resource(eviction), EvictionPhase.PostCopy);
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(resource(eviction), EvictionPhase.Succeeded);
  }

  private NodePressureStatus awaitOutcome(String name, Outcome outcome) {
    return await("outcome " + outcome)
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              var status = policy(name).get().getStatus();
              return status == null
                  ? null
                  : status.nodes.stream()
                      .filter(it -> it.outcome() == outcome)
                      .findFirst()
                      .orElse(null);
            },
            it -> it != null);
  }

  private void awaitCondition(String name, PolicyCondition.Reason reason, String message) {
    await("%s: %s".formatted(reason, message))
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> policy(name).get().getStatus(),
            status ->
                status != null
                    && status.conditions.stream()
                        .anyMatch(it -> it.reason() == reason && it.message().contains(message)));
  }
}
