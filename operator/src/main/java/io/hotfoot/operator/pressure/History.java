package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.EvictionBudget;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.eviction.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * All evictions that the cluster knows of, and what they leave room for. A policy remembers nothing
 * beside them, so that a restarted operator keeps to the same budgets.
 */
final class History {
  private static final Duration HOUR = Duration.ofHours(1);

  /** So many failures one after the other stop a policy. */
  private static final int FAILURES_TO_STOP = 3;

  private final List<VMEviction> evictions;
  private final Instant now;

  History(List<VMEviction> evictions, Instant now) {
    this.evictions = List.copyOf(evictions);
    this.now = now;
  }

  /** Why the policy's budget allows no eviction from this node now; empty if it does. */
  Optional<String> noRoom(NodePressurePolicy policy, String node) {
    EvictionBudget budget = policy.getSpec().budget();
    List<VMEviction> active = active().toList();
    List<VMEviction> here = active.stream().filter(it -> isFrom(it, node)).toList();
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
    long lastHour = of(policy).filter(it -> created(it).isAfter(now.minus(HOUR))).count();
    if (lastHour >= budget.perHour()) {
      return Optional.of(
          "%d evictions began within the hour, and perHour is %d"
              .formatted(lastHour, budget.perHour()));
    }
    return coolsDown(node, Durations.parse(budget.nodeCoolDown()));
  }

  private Optional<String> coolsDown(String node, Duration coolDown) {
    return evictions.stream()
        .filter(it -> isFrom(it, node) && hasEndedAfter(it, now.minus(coolDown)))
        .findFirst()
        .map(it -> "%s has just left: it is given nodeCoolDown to help".formatted(vmOf(it)));
  }

  /** Why the policy evicts nothing any more for now; empty if it does. */
  Optional<String> stopped(NodePressurePolicy policy) {
    List<VMEviction> last =
        of(policy)
            .filter(it -> completed(it).isPresent())
            .sorted(Comparator.comparing((VMEviction it) -> completed(it).get()).reversed())
            .limit(FAILURES_TO_STOP)
            .toList();
    boolean stop =
        last.size() == FAILURES_TO_STOP
            && last.stream().allMatch(it -> it.getStatus().phase == EvictionPhase.Failed)
            && hasEndedAfter(last.getFirst(), now.minus(HOUR));
    return stop
        ? Optional.of(
            "the last %d evictions of this policy failed: none begins for an hour, or until their"
                    .formatted(FAILURES_TO_STOP)
                + " VMEvictions are deleted")
        : Optional.empty();
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

  /** Evictions whose VM is on its way to this node. */
  List<VMEviction> onTheirWayTo(String node) {
    return active().filter(it -> node.equals(targetOf(it))).toList();
  }

  /** When this policy last evicted a VM. */
  Optional<Instant> last(NodePressurePolicy policy) {
    return of(policy).map(History::created).max(Comparator.naturalOrder());
  }

  boolean isActive(String namespace, String eviction) {
    return active()
        .anyMatch(
            it ->
                it.getMetadata().getNamespace().equals(namespace)
                    && it.getMetadata().getName().equals(eviction));
  }

  private Stream<VMEviction> active() {
    return evictions.stream().filter(it -> !it.hasEnded());
  }

  private Stream<VMEviction> of(NodePressurePolicy policy) {
    return evictions.stream()
        .filter(
            it ->
                policy.getMetadata().getName().equals(label(it, NodePressurePolicy.POLICY_LABEL)));
  }

  private Stream<VMEviction> of(String namespace, String vm) {
    return evictions.stream()
        .filter(it -> it.getMetadata().getNamespace().equals(namespace))
        .filter(it -> it.getSpec().vmiName().equals(vm));
  }

  private static boolean isFrom(VMEviction eviction, String node) {
    return node.equals(label(eviction, NodePressurePolicy.NODE_LABEL))
        || eviction.getStatus() != null && node.equals(eviction.getStatus().sourceNode);
  }

  private static String targetOf(VMEviction eviction) {
    if (eviction.getStatus() != null && eviction.getStatus().targetNode != null) {
      return eviction.getStatus().targetNode;
    }
    var target = eviction.getSpec().target();
    return target == null || target.nodeSelector() == null
        ? null
        : target.nodeSelector().get(Evictor.HOSTNAME);
  }

  private boolean hasEndedAfter(VMEviction eviction, Instant time) {
    return completed(eviction).filter(it -> it.isAfter(time)).isPresent();
  }

  private static Optional<Instant> completed(VMEviction eviction) {
    return eviction.hasEnded()
        ? Optional.ofNullable(eviction.getStatus().timing.completed)
        : Optional.empty();
  }

  private static Instant created(VMEviction eviction) {
    return Instant.parse(eviction.getMetadata().getCreationTimestamp());
  }

  private static String label(VMEviction eviction, String label) {
    var labels = eviction.getMetadata().getLabels();
    return labels == null ? null : labels.get(label);
  }

  private static String vmOf(VMEviction eviction) {
    return eviction.getMetadata().getNamespace() + "/" + eviction.getSpec().vmiName();
  }
}
