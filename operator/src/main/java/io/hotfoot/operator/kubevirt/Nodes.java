package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hotfoot.operator.cluster.Cluster;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Finds the nodes that KubeVirt puts VMs on. */
public class Nodes {
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
   * Those that may receive a VM: ready, not cordoned.
   *
   * @param labels null: any
   */
  public List<String> receiving(Map<String, String> labels) {
    return labelled(labels)
        .filter(node -> !Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
        .filter(Readiness::isNodeReady)
        .map(node -> node.getMetadata().getName())
        .toList();
  }

  private Stream<Node> labelled(Map<String, String> labels) {
    Map<String, String> wanted = Objects.requireNonNullElse(labels, Map.of());
    return cluster.nodes().stream()
        .filter(node -> "true".equals(node.getMetadata().getLabels().get(SCHEDULABLE)))
        .filter(node -> node.getMetadata().getLabels().entrySet().containsAll(wanted.entrySet()));
  }
}
