package io.hotfoot.operator.phase;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.False;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.True;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.ServicesFollowed;
import static java.util.function.Predicate.not;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.operator.eviction.Conditions;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Launchers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Has Services lead to the pod in which the guest runs. KubeVirt has them do so only once all
 * memory has moved, and leaves the source's pod among their endpoints until its launcher has ended:
 * until then clients are led to where nothing answers (docs/decisions/0020).
 */
class ServiceHandover {
  private final KubernetesClient client;
  private final Launchers launchers;

  ServiceHandover(KubernetesClient client, Launchers launchers) {
    this.client = client;
    this.launchers = launchers;
  }

  /**
   * Does it, unless that was done. The guest must run on the target. No eviction fails for it: what
   * the API server refuses is tried again at the next turn.
   */
  void follow(Eviction eviction) {
    Optional<Pod> target = launchers.target(eviction.status().migrationUid);
    if (isDone(eviction) || target.isEmpty()) {
      return;
    }
    try {
      List<Service> services = leadingTo(target.get());
      if (!services.isEmpty()) {
        handOver(target.get(), services);
      }
      say(eviction, services);
    } catch (KubernetesClientException e) {
      eviction.say(
          ServicesFollowed,
          False,
          Reason.ServicesStayed,
          "Services lead to node %s until all memory has moved: %s"
              .formatted(eviction.status().sourceNode, e.getMessage()));
    }
  }

  private static boolean isDone(Eviction eviction) {
    return Conditions.find(eviction.status().conditions, ServicesFollowed)
        .filter(it -> it.reason() != Reason.ServicesStayed)
        .isPresent();
  }

  private List<Service> leadingTo(Pod launcher) {
    var labels = launcher.getMetadata().getLabels().entrySet();
    return client
        .services()
        .inNamespace(launcher.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .filter(it -> !selector(it).isEmpty() && labels.containsAll(selector(it).entrySet()))
        .toList();
  }

  /** Nowhere, for a moment, is better than to the source: who is refused asks again at once. */
  private void handOver(Pod target, List<Service> services) {
    Set<String> selected =
        services.stream().flatMap(ServiceHandover::usersLabels).collect(Collectors.toSet());
    String uid = target.getMetadata().getUid();
    Map<Boolean, List<Pod>> byTarget =
        launchers.siblings(target).stream()
            .collect(Collectors.partitioningBy(it -> uid.equals(it.getMetadata().getUid())));
    List<Pod> left = byTarget.get(false);
    left.forEach(it -> launchers.dropLabels(it, selected));
    if (left.stream().anyMatch(Launchers::isUnpaused)) {
      byTarget.get(true).stream().filter(not(Launchers::isUnpaused)).forEach(launchers::openGate);
    }
  }

  private static void say(Eviction eviction, List<Service> services) {
    Map<Boolean, List<Service>> moved =
        services.stream().collect(Collectors.partitioningBy(it -> usersLabels(it).count() > 0));
    if (services.isEmpty()) {
      eviction.say(ServicesFollowed, True, Reason.NoServices, "no Service selects the VM's pods");
    } else if (moved.get(false).isEmpty()) {
      eviction.say(
          ServicesFollowed,
          True,
          Reason.ServicesMoved,
          "lead to node %s: %s".formatted(eviction.status().targetNode, names(services)));
    } else {
      eviction.say(
          ServicesFollowed,
          False,
          Reason.ServicesShared,
          "half of the connections go to node %s, where nothing answers, until KubeVirt has removed the VM's pod there: %s. Select by a label that you gave the VM, not by KubeVirt's alone"
              .formatted(eviction.status().sourceNode, names(moved.get(false))));
    }
  }

  private static Stream<String> usersLabels(Service service) {
    return selector(service).keySet().stream().filter(Launchers::isUsers);
  }

  private static Map<String, String> selector(Service service) {
    return Optional.ofNullable(service.getSpec().getSelector()).orElse(Map.of());
  }

  private static String names(List<Service> services) {
    return services.stream()
        .map(it -> it.getMetadata().getName())
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
