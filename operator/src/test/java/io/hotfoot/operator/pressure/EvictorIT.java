package io.hotfoot.operator.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.it.ControlPlane;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A leader whose informers do not know yet what the last one began. */
@ExtendWith(ControlPlane.class)
class EvictorIT {
  private static final NodePressure PRESSURE =
      new NodePressure("node-1", List.of(), PressureReport.getDefaultInstance());

  private final String namespace = "evictor-" + UUID.randomUUID();
  private KubernetesClient client;
  private Evictor evictor;

  @BeforeEach
  void startWithInformersThatStandStill() {
    client = new KubernetesClientBuilder().withConfig(ControlPlane.config()).build();
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    Cluster cluster = new Cluster(client, namespace);
    cluster.close();
    evictor = new Evictor(client, cluster, Clock.systemUTC());
  }

  @AfterEach
  void remove() {
    client.resources(VMEviction.class).inNamespace(namespace).delete();
    client.close();
  }

  @Test
  void takesWhatTheLastLeaderBeganForItsOwn() {
    VMEviction theirs;
    try (Cluster cluster = new Cluster(client, namespace)) {
      theirs =
          new Evictor(client, cluster, Clock.systemUTC())
              .evict(policy(), PRESSURE, choice("theirs"))
              .orElseThrow();
    }
    assertThat(evictor.evict(policy(), PRESSURE, choice("ours"))).isEmpty();
    assertThat(evictor.evictions(Instant.now()))
        .extracting(it -> it.getMetadata().getUid())
        .contains(theirs.getMetadata().getUid());
    assertThat(evictor.evict(policy(), PRESSURE, choice("ours"))).isPresent();
  }

  private static NodePressurePolicy policy() {
    NodePressurePolicy policy = new NodePressurePolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("relief").build());
    return policy;
  }

  private Choice choice(String vm) {
    VmUsage usage = VmUsage.newBuilder().setNamespace(namespace).setName(vm).build();
    return new Choice(
        Optional.of(new Choice.Pick(new Candidate(usage, 0, Optional.empty()), "node-2")), "best");
  }
}
