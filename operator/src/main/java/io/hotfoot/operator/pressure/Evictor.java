package io.hotfoot.operator.pressure;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.Target;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.operator.cluster.Cluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks for evictions as a person would, and knows of those that it asked for before the informers
 * do.
 */
final class Evictor {
  static final String HOSTNAME = "kubernetes.io/hostname";

  /** One that found no room on its target in this time is better decided anew. */
  private static final String DEADLINE = "2m";

  /** What people asked for goes first. */
  private static final int PRIORITY = -1;

  /** Longer than any budget looks back. */
  private static final int KEPT_SECONDS = (int) Duration.ofHours(25).toSeconds();

  private static final int LONGEST_REASON = 1024;

  /** By then the informers have seen what was asked for. */
  private static final Duration UNSEEN = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final Cluster cluster;
  private final Map<String, VMEviction> asked = new HashMap<>();

  Evictor(KubernetesClient client, Cluster cluster) {
    this.client = client;
    this.cluster = cluster;
  }

  /** All evictions, one that has only just been asked for too. */
  List<VMEviction> evictions(Instant now) {
    List<VMEviction> all = new ArrayList<>(cluster.evictions());
    all.forEach(it -> asked.remove(it.getMetadata().getUid()));
    asked.values().removeIf(it -> created(it).isBefore(now.minus(UNSEEN)));
    all.addAll(asked.values());
    return all;
  }

  /**
   * Asks for this one, unless it turns out that the informers are late: that another eviction, say
   * of an operator that has since lost its lease, has begun on this node.
   */
  Optional<VMEviction> evict(NodePressurePolicy policy, NodePressure pressure, Choice choice) {
    Set<String> known = new HashSet<>(asked.keySet());
    cluster.evictions().forEach(it -> known.add(it.getMetadata().getUid()));
    boolean late =
        client
            .resources(VMEviction.class)
            .inAnyNamespace()
            .withLabel(NodePressurePolicy.NODE_LABEL, pressure.node())
            .list()
            .getItems()
            .stream()
            .anyMatch(it -> !known.contains(it.getMetadata().getUid()));
    return late ? Optional.empty() : Optional.of(ask(policy, pressure, choice));
  }

  private VMEviction ask(NodePressurePolicy policy, NodePressure pressure, Choice choice) {
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
    VMEviction created = client.resource(eviction).create();
    asked.put(created.getMetadata().getUid(), created);
    return created;
  }

  private static Instant created(VMEviction eviction) {
    return Instant.parse(eviction.getMetadata().getCreationTimestamp());
  }

  private static String shorten(String reason) {
    return reason.substring(0, Math.min(reason.length(), LONGEST_REASON));
  }
}
