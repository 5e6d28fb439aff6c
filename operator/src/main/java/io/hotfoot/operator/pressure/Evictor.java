package io.hotfoot.operator.pressure;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.Target;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.operator.cluster.Cluster;
import java.net.HttpURLConnection;
import java.time.Clock;
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

  /** By then the informers have seen what was asked for, by this operator and by earlier ones. */
  private static final Duration UNSEEN = Duration.ofMinutes(1);

  /** A storm begins hundreds of evictions a second. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final Cluster cluster;
  private final Clock clock;
  private final Map<String, Asked> asked = new HashMap<>();
  private Instant began;
  private Instant looked;

  private record Asked(VMEviction eviction, Instant at) {}

  Evictor(KubernetesClient client, Cluster cluster, Clock clock) {
    this.client = client;
    this.cluster = cluster;
    this.clock = clock;
  }

  /** All evictions, one that has only just been asked for too. */
  List<VMEviction> evictions(Instant now) {
    List<VMEviction> all = new ArrayList<>(cluster.evictions());
    all.forEach(it -> asked.remove(it.getMetadata().getUid()));
    asked.values().removeIf(it -> it.at.isBefore(now.minus(UNSEEN)));
    asked.values().forEach(it -> all.add(it.eviction));
    return all;
  }

  /** Has no effect where execution has moved meanwhile. */
  void callOff(VMEviction eviction) {
    try {
      client
          .resource(eviction)
          .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"abort\":true}}");
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }

  /**
   * Asks for this one, unless it turns out that the informers are late: that an operator which has
   * since lost its lease has begun others.
   */
  Optional<VMEviction> evict(NodePressurePolicy policy, NodePressure pressure, Choice choice) {
    return findsUnseen(clock.instant())
        ? Optional.empty()
        : Optional.of(ask(policy, pressure, choice));
  }

  /** Looks in the first minute only, once a second; what it finds counts like what it asked for. */
  private boolean findsUnseen(Instant now) {
    began = began == null ? now : began;
    boolean due = looked == null || !now.isBefore(looked.plus(LOOK_EVERY));
    if (!due || now.isAfter(began.plus(UNSEEN))) {
      return false;
    }
    looked = now;
    Set<String> known = new HashSet<>(asked.keySet());
    cluster.evictions().forEach(it -> known.add(it.getMetadata().getUid()));
    List<VMEviction> unseen =
        client
            .resources(VMEviction.class)
            .inAnyNamespace()
            .withLabel(NodePressurePolicy.NODE_LABEL)
            .list()
            .getItems()
            .stream()
            .filter(it -> !known.contains(it.getMetadata().getUid()))
            .toList();
    unseen.forEach(it -> asked.put(it.getMetadata().getUid(), new Asked(it, now)));
    return !unseen.isEmpty();
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
    asked.put(created.getMetadata().getUid(), new Asked(created, clock.instant()));
    return created;
  }

  private static String shorten(String reason) {
    return reason.substring(0, Math.min(reason.length(), LONGEST_REASON));
  }
}
