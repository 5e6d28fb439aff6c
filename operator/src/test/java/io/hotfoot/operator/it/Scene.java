package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.agent.FakeAgent;
import io.hotfoot.operator.agent.FakeAgents;
import io.hotfoot.operator.agent.LoopbackAgents;
import io.hotfoot.operator.agent.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the tests of evictions share: two nodes with agents, a VM on one, and no operator yet. */
@ExtendWith(ControlPlane.class)
abstract class Scene {
  static final String VM = "db";

  final String namespace = "test-" + UUID.randomUUID();
  KubernetesClient client;
  FakeAgents agents;
  FakeKubeVirt kubeVirt;
  RunningOperator operator;

  @BeforeEach
  void set() {
    client = ControlPlane.client();
    agents = new FakeAgents(FakeKubeVirt.SOURCE, FakeKubeVirt.TARGET);
    kubeVirt = new FakeKubeVirt(agents, namespace);
    kubeVirt.runVm(VM);
  }

  @AfterEach
  void strike() {
    try {
      kubeVirt.letGo();
      target().pull(FakeAgent.HOT_PAGES);
      client.resources(VMEviction.class).inNamespace(namespace).delete();
      if (operator == null) {
        startOperator();
      }
      await("all evictions to go")
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> client.resources(VMEviction.class).inNamespace(namespace).list().getItems(),
              it -> it.isEmpty());
    } finally {
      operator.close();
      kubeVirt.close();
      agents.close();
    }
  }

  void startOperator() {
    operator = RunningOperator.start(agents);
  }

  /**
   * Readies the cluster for operators in processes of their own: rights, both nodes' agents, and
   * certificates, below the folder.
   */
  LoopbackAgents serveAgents(Path dir) throws Exception {
    OperatorRights.grantIn(namespace, client);
    var certificates = TestCertificates.in(dir, "ours", "hotfoot-operator", "hotfoot-agent");
    LoopbackAgents loopback = new LoopbackAgents(client, namespace, certificates);
    loopback.serve(FakeKubeVirt.SOURCE, source());
    loopback.serve(FakeKubeVirt.TARGET, target());
    return loopback;
  }

  FakeAgent source() {
    return agents.agent(FakeKubeVirt.SOURCE);
  }

  FakeAgent target() {
    return agents.agent(FakeKubeVirt.TARGET);
  }

  Resource<VMEviction> evict(EvictionMode mode) {
    return evict(mode, "10m");
  }

  Resource<VMEviction> evict(EvictionMode mode, String deadline) {
    return evict(mode, deadline, Hints.Source.Auto);
  }

  Resource<VMEviction> evict(EvictionMode mode, String deadline, Hints.Source hints) {
    return create("evict", spec(VM, mode, deadline, hints));
  }

  static VMEvictionSpec spec(String vm, EvictionMode mode, String deadline, Hints.Source hints) {
    return new VMEvictionSpec(
        vm, mode, null, new Hints(hints, null), deadline, 0, false, null, null, null);
  }

  Resource<VMEviction> create(String name, VMEvictionSpec spec) {
    return create(name, Map.of(), spec);
  }

  Resource<VMEviction> create(String name, Map<String, String> labels, VMEvictionSpec spec) {
    VMEviction eviction = new VMEviction();
    eviction.setMetadata(
        new ObjectMetaBuilder().withNamespace(namespace).withName(name).withLabels(labels).build());
    eviction.setSpec(spec);
    client.resource(eviction).create();
    return client.resources(VMEviction.class).inNamespace(namespace).withName(name);
  }

  /** A Service of the VM's namespace. */
  void serve(String name, Map<String, String> selector) {
    client
        .resource(
            new ServiceBuilder()
                .withMetadata(
                    new ObjectMetaBuilder().withNamespace(namespace).withName(name).build())
                .withNewSpec()
                .withSelector(selector)
                .addNewPort()
                .withPort(80)
                .endPort()
                .endSpec()
                .build())
        .create();
  }

  /** Waits for a phase that lasts: one that the operator only passes through may never be seen. */
  VMEvictionStatus awaitPhase(Resource<VMEviction> eviction, EvictionPhase phase) {
    return await("phase " + phase)
        .atMost(Duration.ofSeconds(20))
        .until(() -> eviction.get().getStatus(), it -> it != null && it.phase == phase);
  }

  EvictionCondition awaitReason(
      Resource<VMEviction> eviction, EvictionCondition.Type type, Reason reason) {
    return await(type + " with reason " + reason)
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> condition(eviction.get().getStatus(), type),
            it -> it != null && it.reason() == reason);
  }

  static EvictionCondition condition(VMEvictionStatus status, EvictionCondition.Type type) {
    return status == null
        ? null
        : status.conditions.stream().filter(it -> it.type() == type).findFirst().orElse(null);
  }

  /** No label, policy or throttle stays behind, and the agents have forgotten the eviction. */
  void assertNothingLeft() {
    var labels = kubeVirt.vm(VM).get().getMetadata().getLabels();
    assertThat(labels == null ? "" : labels.keySet().toString()).doesNotContain("hotfoot");
    assertThat(kubeVirt.hasPolicy()).isFalse();
    assertThat(source().knowsNothing()).isTrue();
    assertThat(source().isThrottled()).isFalse();
  }
}
