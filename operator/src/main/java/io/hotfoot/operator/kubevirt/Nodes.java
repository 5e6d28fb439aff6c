package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hotfoot.operator.cluster.Cluster;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the nodes that KubeVirt puts VMs on. */
public class Nodes {
  /**
   * Conditions of a node that kubelet may soon evict pods from, or that cannot be reached. A VM
   * that arrives there could be killed in post-copy.
   */
  private static final Set<String> TROUBLES =
      Set.of("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable");

  private static final String SCHEDULABLE = "kubevirt.io/schedulable";

  private final Cluster cluster;

  public Nodes(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * All of them that have these labels.
   *
   * @param labels null: any
   */
  public List<String> withVms(Map<String, String> labels) {
    return labelled(labels).map(node -> node.getMetadata().getName()).toList();
  }

  /**
   * Those that may receive a VM: ready, not cordoned, without {@link #TROUBLES}.
   *
   * @param labels null: any
   */
  public List<String> receiving(Map<String, String> labels) {
    return labelled(labels)
        .filter(node -> !Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
        .filter(Readiness::isNodeReady)
        .filter(node -> !isTroubled(node))
        .map(node -> node.getMetadata().getName())
        .toList();
  }

  private static boolean isTroubled(Node node) {
    return node.getStatus().getConditions().stream()
        .anyMatch(it -> TROUBLES.contains(it.getType()) && "True".equals(it.getStatus()));
  }

  /** Thousandths of a CPU that pods may take there; very many where the node does not tell. */
  public long cpuMilli(String name) {
    return cluster
        .node(name)
        .map(node -> node.getStatus().getAllocatable())
        .map(allocatable -> allocatable.get("cpu"))
        .map(cpus -> cpus.getNumericalAmount().movePointRight(3).longValue())
        .orElse((long) Integer.MAX_VALUE);
  }

  private Stream<Node> labelled(Map<String, String> labels) {
    Map<String, String> wanted = Objects.requireNonNullElse(labels, Map.of());
    return cluster.nodes().stream()
        .filter(node -> "true".equals(node.getMetadata().getLabels().get(SCHEDULABLE)))
        .filter(node -> node.getMetadata().getLabels().entrySet().containsAll(wanted.entrySet()));
  }
}
