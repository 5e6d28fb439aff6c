package io.hotfoot.operator.pressure;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.Target;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import java.time.Duration;
import java.util.Map;

/** Asks for an eviction as a person would. */
final class Evictor {
  static final String HOSTNAME = "kubernetes.io/hostname";

  /** One that found no room on its target in this time is better decided anew. */
  private static final String DEADLINE = "2m";

  /** What people asked for goes first. */
  private static final int PRIORITY = -1;

  /** Longer than any budget looks back. */
  private static final int KEPT_SECONDS = (int) Duration.ofHours(25).toSeconds();

  private static final int LONGEST_REASON = 1024;

  private final KubernetesClient client;

  Evictor(KubernetesClient client) {
    this.client = client;
  }

  VMEviction evict(NodePressurePolicy policy, NodePressure pressure, Choice choice) {
    Choice.Pick pick = choice.pick().orElseThrow();
    VMEviction eviction = new VMEviction();
    eviction.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(pick.vm().namespace())
            .withGenerateName("pressure-")
            .addToLabels(NodePressurePolicy.POLICY_LABEL, policy.getMetadata().getName())
            .addToLabels(NodePressurePolicy.NODE_LABEL, pressure.node())
            .addToAnnotations(NodePressurePolicy.DECISION, choice.explanation())
            .build());
    eviction.setSpec(
        new VMEvictionSpec(
            pick.vm().name(),
            EvictionMode.Enlightened,
            new Target(Map.of(HOSTNAME, pick.target())),
            new Hints(Hints.Source.Auto, null),
            DEADLINE,
            PRIORITY,
            false,
            KEPT_SECONDS,
            shorten("node %s: %s".formatted(pressure.node(), pressure.describe())),
            "NodePressurePolicy/" + policy.getMetadata().getName()));
    return client.resource(eviction).create();
  }

  private static String shorten(String reason) {
    return reason.substring(0, Math.min(reason.length(), LONGEST_REASON));
  }
}
