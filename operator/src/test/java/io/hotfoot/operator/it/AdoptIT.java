package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigrationSpec;
import io.hotfoot.operator.agent.FakeAgent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Migrations that somebody else makes, of VMs that a policy has an eye on. */
class AdoptIT extends Scene {
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  @AfterEach
  void removePolicies() {
    client.resources(NodePressurePolicy.class).delete();
    // Nobody collects garbage here.
    client.resources(MigrationPolicy.class).withName("hotfoot-relief").delete();
  }

  @Test
  void anothersMigrationBecomesAnEviction() {
    startOperator();
    apply(true);
    awaitLabel();
    migrate();
    Resource<VMEviction> eviction = awaitEviction();
    assertThat(eviction.get().getSpec().requestedBy()).isEqualTo("KubeVirt");
    awaitPhase(eviction, EvictionPhase.PostCopy);
    assertThat(source().isThrottled()).isTrue();
    target().pull(FakeAgent.HOT_PAGES);
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(status.migrationName).isEqualTo("by-virtctl");
    assertThat(status.hints.source()).isEqualTo(Hints.Source.Guest);
    assertThat(kubeVirt.migrations()).hasSize(1);
    assertThat(kubeVirt.vm(VM).get().getStatus().nodeName()).isEqualTo(FakeKubeVirt.TARGET);
    assertThat(source().knowsNothing()).isTrue();
  }

  @Test
  void isLeftAloneUnlessThePolicyAdopts() {
    startOperator();
    apply(false);
    await().until(() -> policy().get().getStatus() != null);
    migrate();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> kubeVirt.migrations().stream().allMatch(it -> it.hasSucceeded()));
    assertThat(evictions()).isEmpty();
  }

  @Test
  void anAbortLeavesTheMigrationToWhoeverMadeIt() {
    kubeVirt.hold(FakeKubeVirt.Hold.SWITCH);
    startOperator();
    apply(true);
    awaitLabel();
    migrate();
    Resource<VMEviction> eviction = awaitEviction();
    await().atMost(Duration.ofSeconds(20)).until(source()::isArmed);
    eviction.patch(MERGE, "{\"spec\":{\"abort\":true}}");
    awaitPhase(eviction, EvictionPhase.Aborted);
    assertThat(source().knowsNothing()).isTrue();
    assertThat(kubeVirt.migrations())
        .singleElement()
        .matches(it -> it.getMetadata().getDeletionTimestamp() == null && !it.hasEnded());
    kubeVirt.switchByItself();
    kubeVirt.letGo();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> kubeVirt.migrations().stream().allMatch(it -> it.hasSucceeded()));
  }

  @Test
  void aVmThatIsProtectedKeepsItsOrdinaryMigration() {
    kubeVirt.runVm("other");
    kubeVirt.patchVm(
        VM, "{\"metadata\":{\"labels\":{\"eviction.hotfoot.io/protected\":\"true\"}}}");
    startOperator();
    apply(true);
    awaitLabel("other");
    assertThat(labelOf(VM)).isNull();
  }

  @Test
  void aPolicyThatAdoptsNoMoreTakesItsLabelsBack() {
    startOperator();
    apply(true);
    awaitLabel();
    policy().patch(MERGE, "{\"spec\":{\"adopt\":false}}");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                labelOf(VM) == null
                    && client.resources(MigrationPolicy.class).withName("hotfoot-relief").get()
                        == null);
  }

  @Test
  void aPolicyThatIsDeletedTakesItsLabelsBack() {
    startOperator();
    apply(true);
    awaitLabel();
    policy().delete();
    await().atMost(Duration.ofSeconds(20)).until(() -> labelOf(VM) == null);
  }

  private void apply(boolean adopt) {
    source().press(Pressed.report(2, false, Pressed.usage(namespace, VM, 900)));
    target().press(Pressed.report(2, false));
    NodePressurePolicy policy = Pressed.policy("relief", Enforcement.Enforce);
    NodePressurePolicySpec spec = policy.getSpec();
    policy.setSpec(
        new NodePressurePolicySpec(
            spec.nodeSelector(),
            spec.triggers(),
            spec.victims(),
            spec.target(),
            spec.budget(),
            spec.enforcement(),
            adopt));
    client.resource(policy).create();
  }

  /** As `virtctl migrate` does. */
  private void migrate() {
    VirtualMachineInstanceMigration migration = new VirtualMachineInstanceMigration();
    migration.setMetadata(
        new ObjectMetaBuilder().withNamespace(namespace).withName("by-virtctl").build());
    migration.setSpec(new VirtualMachineInstanceMigrationSpec(VM, null));
    client.resource(migration).create();
  }

  private void awaitLabel() {
    awaitLabel(VM);
  }

  private void awaitLabel(String vm) {
    await(vm + " to be labelled")
        .atMost(Duration.ofSeconds(20))
        .until(() -> "relief".equals(labelOf(vm)));
  }

  private String labelOf(String vm) {
    return kubeVirt.vm(vm).get().getMetadata().getLabels().get(NodePressurePolicy.ADOPTED_LABEL);
  }

  private Resource<NodePressurePolicy> policy() {
    return client.resources(NodePressurePolicy.class).withName("relief");
  }

  private List<VMEviction> evictions() {
    return client.resources(VMEviction.class).inNamespace(namespace).list().getItems();
  }

  private Resource<VMEviction> awaitEviction() {
    VMEviction eviction =
        await("an eviction")
            .atMost(Duration.ofSeconds(20))
            .until(this::evictions, it -> !it.isEmpty())
            .getFirst();
    return client
        .resources(VMEviction.class)
        .inNamespace(namespace)
        .withName(eviction.getMetadata().getName());
  }
}
