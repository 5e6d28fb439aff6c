package io.hotfoot.lab.pressure;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicyStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.lab.Cluster;
import java.time.Duration;
import org.awaitility.core.ConditionTimeoutException;

/** A NodePressurePolicy for one node of a lab. Closing it deletes it. */
public final class LabPolicy implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /**
   * The lab's nodes share a machine: some of the pressure on one is always felt on the other. One
   * VM leaves, and no other for as long as somebody may be looking at what became of it.
   */
  private static final String POLICY =
      """
      apiVersion: eviction.hotfoot.io/v1alpha1
      kind: NodePressurePolicy
      metadata: {name: %s}
      spec:
        nodeSelector: {kubernetes.io/hostname: %s}
        triggers: [{resource: %s, thresholdPercent: %d, window: 2s}]
        target: {maxPressurePercent: 100}
        budget: {nodeCoolDown: 10m}
        enforcement: %s
      """;

  private final Resource<NodePressurePolicy> resource;

  private LabPolicy(Resource<NodePressurePolicy> resource) {
    this.resource = resource;
  }

  /** Makes one that only watches, and would evict nothing. */
  public static LabPolicy watching(Cluster cluster, String name, String node) {
    return make(cluster, name, node, "cpu", 100, Enforcement.DryRun);
  }

  /** Makes one; returns once it is watching the node. */
  public static LabPolicy make(
      Cluster cluster,
      String name,
      String node,
      String resource,
      long thresholdPercent,
      Enforcement enforcement) {
    var yaml = POLICY.formatted(name, node, resource, thresholdPercent, enforcement);
    cluster
        .client()
        .resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
        .create();
    var policy = new LabPolicy(cluster.client().resources(NodePressurePolicy.class).withName(name));
    await("policy " + name + " watching node " + node)
        .atMost(READY)
        .until(policy::status, status -> status != null && status.nodesWatched == 1);
    return policy;
  }

  /**
   * Waits until the policy evicts a VM, or says which one it would.
   *
   * @throws ConditionTimeoutException if it does neither in two minutes; the message says why
   */
  public NodePressureStatus awaitChoice() {
    try {
      return await()
          .atMost(LONGEST)
          .pollInterval(Duration.ofMillis(50))
          .until(this::decision, it -> it != null && it.vm() != null);
    } catch (ConditionTimeoutException e) {
      throw new ConditionTimeoutException(
          "the policy evicted no VM in %s; its last decision: %s".formatted(LONGEST, decision()));
    }
  }

  private NodePressureStatus decision() {
    var status = status();
    return status == null
        ? null
        : status.nodes.stream()
            .filter(it -> it.outcome() != Outcome.CalledOff)
            .findFirst()
            .orElse(null);
  }

  private NodePressurePolicyStatus status() {
    var policy = resource.get();
    return policy == null ? null : policy.getStatus();
  }

  @Override
  public void close() {
    resource.delete();
  }
}
