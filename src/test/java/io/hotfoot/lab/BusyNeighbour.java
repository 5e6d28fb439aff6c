package io.hotfoot.lab;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;

/** A pod that takes what CPU it can get on a node. Closing it ends it. */
final class BusyNeighbour implements AutoCloseable {
  private static final String LOOPS =
      "i=0; while [ $i -lt $((2 * $(nproc))) ]; do while :; do :; done & i=$((i + 1)); done; wait";

  private final Cluster cluster;
  private final Pod pod;

  private BusyNeighbour(Cluster cluster, Pod pod) {
    this.cluster = cluster;
    this.pod = pod;
  }

  /** Twice as many loops as the node has CPUs, from an image that is on the cluster anyway. */
  static BusyNeighbour on(Cluster cluster, String node, String namespace) {
    var pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withGenerateName("busy-neighbour-")
            .endMetadata()
            .withNewSpec()
            .withNodeName(node)
            .withTerminationGracePeriodSeconds(0L)
            .addNewContainer()
            .withName("loops")
            .withImage(operatorsImage(cluster))
            .withCommand("sh", "-c", LOOPS)
            .endContainer()
            .endSpec()
            .build();
    return new BusyNeighbour(cluster, cluster.client().resource(pod).create());
  }

  private static String operatorsImage(Cluster cluster) {
    return cluster
        .client()
        .pods()
        .inAnyNamespace()
        .withLabel("app.kubernetes.io/name", "hotfoot-operator")
        .list()
        .getItems()
        .getFirst()
        .getSpec()
        .getContainers()
        .getFirst()
        .getImage();
  }

  @Override
  public void close() {
    cluster.client().resource(pod).delete();
  }
}
