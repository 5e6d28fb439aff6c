package io.hotfoot.operator.it;

import static io.hotfoot.operator.it.Pressed.report;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.api.v1alpha1.PolicyCondition;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.agent.FakeAgent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Policies on the real API server, with agents that report what a test says. */
abstract class PressureScene extends Scene {
  @AfterEach
  void removePolicies() {
    client.resources(NodePressurePolicy.class).delete();
  }

  Integer nodesWatched(String name) {
    var status = policy(name).get().getStatus();
    return status == null ? null : status.nodesWatched;
  }

  Resource<VMEviction> resource(VMEviction eviction) {
    return client
        .resources(VMEviction.class)
        .inNamespace(namespace)
        .withName(eviction.getMetadata().getName());
  }

  VmUsage usage(String vm, int cpuMilli) {
    return Pressed.usage(namespace, vm, cpuMilli);
  }

  /** The nodes report all the while, as real agents do: what is older than 5 s is not believed. */
  void apply(String name, Enforcement enforcement) {
    target().press(report(2, false));
    source().press(report(2, false, usage(VM, 900)));
    client.resource(Pressed.policy(name, enforcement)).create();
  }

  List<String> events(String name) {
    String uid = policy(name).get().getMetadata().getUid();
    return client.v1().events().inNamespace("default").list().getItems().stream()
        .filter(it -> uid.equals(it.getInvolvedObject().getUid()))
        .map(Event::getReason)
        .toList();
  }

  Resource<NodePressurePolicy> policy(String name) {
    return client.resources(NodePressurePolicy.class).withName(name);
  }

  List<VMEviction> evictions() {
    return client
        .resources(VMEviction.class)
        .inNamespace(namespace)
        .withLabel(NodePressurePolicy.POLICY_LABEL)
        .list()
        .getItems();
  }

  VMEviction awaitEviction() {
    return await("an eviction")
        .atMost(Duration.ofSeconds(20))
        .until(this::evictions, it -> !it.isEmpty())
        .getFirst();
  }

  void letSucceed(VMEviction eviction) {
    awaitPhase(resource(eviction), EvictionPhase.PostCopy);
    target().pull(FakeAgent.HOT_PAGES);
    awaitPhase(resource(eviction), EvictionPhase.Succeeded);
  }

  NodePressureStatus awaitOutcome(String name, Outcome outcome) {
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

  void awaitCondition(String name, PolicyCondition.Reason reason, String message) {
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
