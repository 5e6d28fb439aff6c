package io.hotfoot.lab;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.api.v1alpha1.VMEviction;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A neighbour takes a node's CPUs; a policy has the VM leave, by what the real kernel counts. */
@OnCluster
class PressureE2E {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final String POLICY =
      """
      apiVersion: eviction.hotfoot.io/v1alpha1
      kind: NodePressurePolicy
      metadata: {name: %s}
      spec:
        nodeSelector: {kubernetes.io/hostname: %s}
        triggers: [{resource: cpu, thresholdPercent: 60, window: 3s}]
        target: {maxPressurePercent: 100}
        enforcement: Enforce
      """;

  private static LabGuests guests;

  @BeforeAll
  static void connect() throws IOException {
    guests = new LabGuests("e2e-pressure");
  }

  @AfterAll
  static void cleanUp() {
    guests.close();
  }

  @Test
  void aPressedNodeEvictsByItself() throws IOException {
    var guest = guests.shared();
    var from = guest.node();
    var policy = apply(POLICY.formatted(guests.namespace(), from));
    try (var _ = BusyNeighbour.on(guests.cluster(), from, guests.namespace())) {
      var eviction =
          await("an eviction by the policy").atMost(LONGEST).until(this::evicted, e -> e != null);

      var status = Eviction.of(guests.cluster(), eviction).awaitEnd(LONGEST);

      assertEquals(EvictionPhase.Succeeded, status.phase, () -> status.conditions.toString());
      assertEquals(guest.name(), eviction.getSpec().vmiName());
      assertTrue(eviction.getSpec().reason().startsWith("node " + from + ": cpu Some"));
      assertNotEquals(from, guest.node());
      var told = policy.get().getStatus().nodes.getFirst();
      assertEquals(from, told.node());
      assertTrue(
          List.of(Outcome.Evicted, Outcome.Waiting).contains(told.outcome()), told::toString);
    } finally {
      policy.delete();
    }
    guest.requireMemoryUnchanged();
    assertEquals(List.of(), Traces.leftOf(guests.cluster(), guest));
  }

  private static Resource<NodePressurePolicy> apply(String yaml) {
    var policy = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    guests.cluster().client().resource(policy).create();
    return guests
        .cluster()
        .client()
        .resources(NodePressurePolicy.class)
        .withName(policy.getMetadata().getName());
  }

  private VMEviction evicted() {
    return guests
        .cluster()
        .client()
        .resources(VMEviction.class)
        .inNamespace(guests.namespace())
        .withLabel(NodePressurePolicy.POLICY_LABEL, guests.namespace())
        .list()
        .getItems()
        .stream()
        .findFirst()
        .orElse(null);
  }
}
