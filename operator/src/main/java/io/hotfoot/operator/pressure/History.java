package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.EvictionBudget;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.TimingStatus;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.eviction.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * All evictions that the cluster knows of, and what they leave room for. A policy remembers nothing
 * beside them, so that a restarted operator keeps to the same budgets.
 */
final class History {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Instant now;
  private final List<VMEviction> active = new ArrayList<>();
  private final Map<String, List<VMEviction>> byPolicy = new HashMap<>();
  private final Map<String, List<VMEviction>> byVm = new HashMap<>();
  private final Map<String, List<VMEviction>> bySource = new HashMap<>();
  private final Map<String, List<VMEviction>> activeByTarget = new HashMap<>();
  private final Map<String, List<VMEviction>> pressedAt = new HashMap<>();
  private final Map<String, Optional<String>> stopped = new HashMap<>();
  private final Map<String, Long> lastHour = new HashMap<>();

  History(List<VMEviction> evictions, Instant now) {
    this.now = now;
    for (VMEviction eviction : evictions) {
      put(byPolicy, label(eviction, NodePressurePolicy.POLICY_LABEL), eviction);
      put(byVm, vmOf(eviction), eviction);
      String pressed = label(eviction, NodePressurePolicy.NODE_LABEL);
      String source = sourceOf(eviction);
      put(bySource, source, eviction);
      put(pressedAt, pressed, eviction);
      if (!Objects.equals(pressed, source)) {
        put(bySource, pressed, eviction);
      }
      if (!eviction.hasEnded()) {
        active.add(eviction);
        put(activeByTarget, targetOf(eviction), eviction);
      }
    }
  }

  private static void put(Map<String, List<VMEviction>> map, String key, VMEviction eviction) {
    if (key != null) {
      map.computeIfAbsent(key, it -> new ArrayList<>()).add(eviction);
    }
  }

  /** Why the policy's budget allows no eviction from this node now; empty if it does. */
  Optional<String> noRoom(NodePressurePolicy policy, String node) {
    EvictionBudget budget = policy.getSpec().budget();
    List<VMEviction> here = from(node).filter(it -> !it.hasEnded()).toList();
    if (here.size() >= budget.atOncePerNode()) {
      return Optional.of(
          "%s leaves the node already, and atOncePerNode is %d"
              .formatted(vmOf(here.getFirst()), budget.atOncePerNode()));
    }
    if (active.size() >= budget.atOncePerCluster()) {
      return Optional.of(
          "%d evictions run in the cluster, and atOncePerCluster is %d"
              .formatted(active.size(), budget.atOncePerCluster()));
    }
    long begun = lastHour.computeIfAbsent(policy.getMetadata().getName(), it -> lastHour(policy));
    if (begun >= budget.perHour()) {
      return Optional.of(
          "%d evictions began within the hour, and perHour is %d"
              .formatted(begun, budget.perHour()));
    }
    Duration disturbed = disturbed(policy);
    if (disturbed.compareTo(Durations.parse(budget.disturbedPerHour())) >= 0) {
      return Optional.of(
          "guests were disturbed for %d s within the hour, and disturbedPerHour is %s"
              .formatted(disturbed.toSeconds(), budget.disturbedPerHour()));
    }
    return coolsDown(node, Durations.parse(budget.nodeCoolDown()));
  }

  /** How long the policy's evictions of the last hour have kept guests from being fast. */
  private Duration disturbed(NodePressurePolicy policy) {
    return of(policy)
        .filter(it -> it.getStatus() != null)
        .filter(it -> it.getStatus().timing.executionTransferred != null)
        .map(
            it -> {
              TimingStatus timing = it.getStatus().timing;
              Instant until =
                  Stream.of(timing.workingSetResident, timing.completed, now)
                      .filter(Objects::nonNull)
                      .findFirst()
                      .get();
              return until.isBefore(now.minus(HOUR))
                  ? Duration.ZERO
                  : Duration.between(timing.executionTransferred, until);
            })
        .filter(Duration::isPositive)
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Whether a VM leaves this node, or has left it so lately. */
  boolean isLeft(String node, Duration lately) {
    return from(node).anyMatch(it -> !it.hasEnded() || hasEndedAfter(it, now.minus(lately)));
  }

  private long lastHour(NodePressurePolicy policy) {
    return of(policy).filter(it -> created(it).isAfter(now.minus(HOUR))).count();
  }

  private Optional<String> coolsDown(String node, Duration coolDown) {
    return from(node)
        .filter(it -> hasEndedAfter(it, now.minus(coolDown)))
        .findFirst()
        .map(it -> "%s has just left: it is given nodeCoolDown to help".formatted(vmOf(it)));
  }

  /** Why the policy evicts nothing any more for now; empty if it does. */
  Optional<String> stopped(NodePressurePolicy policy) {
    return stopped.computeIfAbsent(policy.getMetadata().getName(), it -> breaker(policy));
  }

  private Optional<String> breaker(NodePressurePolicy policy) {
    return new CircuitBreaker(of(policy).toList(), pressedAt, now).open();
  }

  /** Why this VM must not be evicted again yet; empty if it may. */
  Optional<String> staysFor(String namespace, String vm, Duration coolDown) {
    return of(namespace, vm).flatMap(it -> stays(it, coolDown).stream()).findFirst();
  }

  private Optional<String> stays(VMEviction eviction, Duration coolDown) {
    if (!eviction.hasEnded()) {
      return Optional.of("is being evicted");
    }
    return hasEndedAfter(eviction, now.minus(coolDown))
        ? Optional.of("stays, its last eviction was less than vmCoolDown ago")
        : Optional.empty();
  }

  /** Bytes that were hot at the VM's last eviction, if that is known. */
  OptionalLong hotBytes(String namespace, String vm) {
    return of(namespace, vm)
        .filter(it -> it.getStatus() != null && it.getStatus().hints != null)
        .filter(it -> it.getStatus().hints.bytes() != null)
        .sorted(Comparator.comparing(History::created).reversed())
        .mapToLong(it -> it.getStatus().hints.bytes())
        .findFirst();
  }

  /** What the link of this node carried when a VM last left it, bytes a second. */
  OptionalDouble linkBytes(String node) {
    return from(node)
        .filter(it -> it.getStatus() != null && it.getStatus().plan != null)
        .filter(it -> it.getStatus().plan.streamBytesPerSecond() != null)
        .max(Comparator.comparing(History::created))
        .stream()
        .mapToDouble(it -> it.getStatus().plan.streamBytesPerSecond())
        .filter(it -> it > 0)
        .findFirst();
  }

  boolean isMoving(String namespace, String vm) {
    return of(namespace, vm).anyMatch(it -> !it.hasEnded());
  }

  /** Those of this policy whose VM still runs where it was. */
  List<VMEviction> notYetMoved(NodePressurePolicy policy) {
    return of(policy)
        .filter(it -> !it.hasEnded() && !it.getSpec().abort())
        .filter(it -> it.getStatus() == null || it.getStatus().timing.executionTransferred == null)
        .toList();
  }

  /** Evictions whose VM is on its way to this node. */
  List<VMEviction> onTheirWayTo(String node) {
    return activeByTarget.getOrDefault(node, List.of());
  }

  /** When this policy last evicted a VM. */
  Optional<Instant> last(NodePressurePolicy policy) {
    return of(policy).map(History::created).max(Comparator.naturalOrder());
  }

  boolean isActive(String namespace, String eviction) {
    return active.stream()
        .anyMatch(
            it ->
                it.getMetadata().getNamespace().equals(namespace)
                    && it.getMetadata().getName().equals(eviction));
  }

  private Stream<VMEviction> from(String node) {
    return bySource.getOrDefault(node, List.of()).stream();
  }

  private Stream<VMEviction> of(NodePressurePolicy policy) {
    return byPolicy.getOrDefault(policy.getMetadata().getName(), List.of()).stream();
  }

  private Stream<VMEviction> of(String namespace, String vm) {
    return byVm.getOrDefault(namespace + "/" + vm, List.of()).stream();
  }

  /** Null where nobody knows yet. */
  static String sourceOf(VMEviction eviction) {
    return eviction.getStatus() != null && eviction.getStatus().sourceNode != null
        ? eviction.getStatus().sourceNode
        : label(eviction, NodePressurePolicy.NODE_LABEL);
  }

  /** Null where the scheduler is free to choose. */
  static String targetOf(VMEviction eviction) {
    if (eviction.getStatus() != null && eviction.getStatus().targetNode != null) {
      return eviction.getStatus().targetNode;
    }
    var target = eviction.getSpec().target();
    return target == null || target.nodeSelector() == null
        ? null
        : target.nodeSelector().get(Evictor.HOSTNAME);
  }

  static boolean hasEndedAfter(VMEviction eviction, Instant time) {
    return completed(eviction).filter(it -> it.isAfter(time)).isPresent();
  }

  static Optional<Instant> completed(VMEviction eviction) {
    return eviction.hasEnded()
        ? Optional.ofNullable(eviction.getStatus().timing.completed)
        : Optional.empty();
  }

  static Instant created(VMEviction eviction) {
    return Instant.parse(eviction.getMetadata().getCreationTimestamp());
  }

  private static String label(VMEviction eviction, String label) {
    var labels = eviction.getMetadata().getLabels();
    return labels == null ? null : labels.get(label);
  }

  static String vmOf(VMEviction eviction) {
    return eviction.getMetadata().getNamespace() + "/" + eviction.getSpec().vmiName();
  }
}
