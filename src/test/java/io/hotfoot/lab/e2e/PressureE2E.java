package io.hotfoot.lab.e2e;

import static io.hotfoot.api.v1alpha1.NodePressurePolicy.ADOPTED_LABEL;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.lab.move.Eviction;
import io.hotfoot.lab.move.Traces;
import io.hotfoot.lab.pressure.Neighbour;
import io.hotfoot.lab.pressure.RememberedHints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a policy does by itself: for a node whose CPUs a neighbour takes, and for one that is
 * drained.
 */
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
        budget: {vmCoolDown: 1s, nodeCoolDown: 1s}
        enforcement: Enforce
      """;

  private static final String WATCHES =
      """
      apiVersion: eviction.hotfoot.io/v1alpha1
      kind: NodePressurePolicy
      metadata: {name: %s}
      spec:
        triggers: [{resource: cpu, thresholdPercent: 100, window: 10m}]
      """;

  private static final String ADOPTS =
      """
      apiVersion: eviction.hotfoot.io/v1alpha1
      kind: NodePressurePolicy
      metadata: {name: %s}
      spec:
        triggers: [{resource: cpu, thresholdPercent: 100, window: 10m}]
        enforcement: Enforce
        adopt: true
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
    try (var _ = Neighbour.burning(guests.cluster(), from, guests.namespace())) {
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

  /** As one does that is short of CPU. */
  @Test
  void aGuestThatFallsSilentIsMovedByWhatItSaidBefore() throws IOException {
    var begun = Instant.now();
    var policy = apply(WATCHES.formatted(guests.namespace()));
    try (var guest = guests.own("", UnaryOperator.identity())) {
      new RememberedHints(guests.cluster(), guest.node())
          .awaitOf(guest.namespace(), guest.name(), begun);
      guest.run("/bin/killall", "-STOP", "hotfoot-hintsd");

      var status = Eviction.of(guests.cluster(), guest, EvictionMode.Enlightened).awaitEnd(LONGEST);

      assertEquals(EvictionPhase.Succeeded, status.phase, () -> status.conditions.toString());
      assertEquals(Hints.Source.Guest, status.hints.source(), () -> status.conditions.toString());
      var said = Eviction.condition(status, EvictionCondition.Type.HintsCollected).message();
      assertTrue(said.contains("which gave them"), said);
      guest.requireMemoryUnchanged();
      assertEquals(List.of(), Traces.leftOf(guests.cluster(), guest));
    } finally {
      policy.delete();
    }
  }

  @Test
  void aDrainedNodesVmIsEvictedByHotfoot() throws IOException, InterruptedException {
    var guest = guests.shared();
    var from = guest.node();
    var policy = apply(ADOPTS.formatted(guests.namespace()));
    try {
      await("the policy's label on the VM")
          .atMost(LONGEST)
          .until(() -> guest.now().getMetadata().getLabels().containsKey(ADOPTED_LABEL));

      // KubeVirt's way to drain a node of its VMs.
      var drained =
          kubectl(
              "drain",
              from,
              "--pod-selector=kubevirt.io=virt-launcher",
              "--delete-emptydir-data",
              "--force",
              "--timeout=2m");

      assertTrue(drained.contains("drained"), drained);
      var eviction = await("the adopted eviction").until(this::adopted, e -> e != null);
      var status = Eviction.of(guests.cluster(), eviction).awaitEnd(LONGEST);
      assertEquals(EvictionPhase.Succeeded, status.phase, () -> status.conditions.toString());
      assertEquals("KubeVirt", eviction.getSpec().requestedBy());
      assertTrue(status.migrationName.startsWith("kubevirt-evacuation-"), status.migrationName);
      assertEquals(Hints.Source.Guest, status.hints.source(), () -> status.conditions.toString());
      assertNotEquals(from, guest.node());
    } finally {
      policy.delete();
      kubectl("uncordon", from);
    }
    guest.requireMemoryUnchanged();
    await("the policy's label to go")
        .atMost(LONGEST)
        .until(() -> !guest.now().getMetadata().getLabels().containsKey(ADOPTED_LABEL));
    assertEquals(List.of(), Traces.leftOf(guests.cluster(), guest));
  }

  private static String kubectl(String... arguments) throws IOException, InterruptedException {
    var command = Stream.concat(Stream.of("kubectl"), Stream.of(arguments)).toList();
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private VMEviction adopted() {
    return guests
        .cluster()
        .client()
        .resources(VMEviction.class)
        .inNamespace(guests.namespace())
        .list()
        .getItems()
        .stream()
        .filter(it -> it.getMetadata().getName().startsWith("adopted-"))
        .findFirst()
        .orElse(null);
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
