package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hotfoot.kubevirt.KubeVirt;
import io.hotfoot.kubevirt.KubeVirtSpec;
import io.hotfoot.operator.cluster.Cluster;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What there is of KubeVirt itself on the cluster. */
public class Installation {
  private static final int DEFAULT_PER_CLUSTER = 5;
  private static final int DEFAULT_OUTBOUND_PER_NODE = 2;

  private final Cluster cluster;

  public Installation(Cluster cluster) {
    this.cluster = cluster;
  }

  public Optional<KubeVirt> find() {
    return cluster.kubeVirt();
  }

  public boolean hasGate(String gate) {
    return configuration()
        .map(KubeVirtSpec.Configuration::developerConfiguration)
        .map(KubeVirtSpec.DeveloperConfiguration::featureGates)
        .map(gates -> gates.contains(gate))
        .orElse(false);
  }

  public int parallelPerCluster() {
    return configuration()
        .map(KubeVirtSpec.Configuration::migrations)
        .map(KubeVirtSpec.Migrations::parallelMigrationsPerCluster)
        .orElse(DEFAULT_PER_CLUSTER);
  }

  public int parallelOutboundPerNode() {
    return configuration()
        .map(KubeVirtSpec.Configuration::migrations)
        .map(KubeVirtSpec.Migrations::parallelOutboundMigrationsPerNode)
        .orElse(DEFAULT_OUTBOUND_PER_NODE);
  }

  /** Whether this node's virt-handler is ready and has been running for so long. */
  public boolean hasSteadyHandler(String node, Instant now, Duration age) {
    return cluster.handlersOn(node).stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(Readiness::isPodReady)
        .anyMatch(pod -> startedBefore(pod, now.minus(age)));
  }

  private static boolean startedBefore(Pod pod, Instant time) {
    String started = pod.getStatus().getStartTime();
    return started != null && Instant.parse(started).isBefore(time);
  }

  private Optional<KubeVirtSpec.Configuration> configuration() {
    return find().map(KubeVirt::getSpec).map(KubeVirtSpec::configuration);
  }
}
