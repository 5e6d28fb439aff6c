package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hotfoot.api.v1alpha1.Target;
import java.util.List;
import java.util.Map;

/** Finds the nodes that may receive a VM. */
public class Nodes {
  private static final String SCHEDULABLE = "kubevirt.io/schedulable";

  private final KubernetesClient client;

  public Nodes(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Ready nodes for VMs that are not cordoned and have the labels asked for, but for the source.
   */
  public List<String> candidates(Target target, String sourceNode) {
    return client
        .nodes()
        .withLabel(SCHEDULABLE, "true")
        .withLabels(
            target == null || target.nodeSelector() == null ? Map.of() : target.nodeSelector())
        .list()
        .getItems()
        .stream()
        .filter(node -> !node.getMetadata().getName().equals(sourceNode))
        .filter(node -> !Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
        .filter(Readiness::isNodeReady)
        .map(node -> node.getMetadata().getName())
        .toList();
  }
}
