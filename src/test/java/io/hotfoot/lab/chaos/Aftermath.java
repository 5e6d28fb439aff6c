package io.hotfoot.lab.chaos;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.move.Eviction;
import io.hotfoot.lab.move.Traces;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What an eviction has left in the cluster and on its nodes. */
final class Aftermath {
  /** Threads of an agent that belong to one eviction. */
  private static final List<String> EVICTION_THREADS = List.of("source-", "target-", "pull-");

  private final Cluster cluster;
  private final LabProcesses processes;

  Aftermath(Cluster cluster, LabProcesses processes) {
    this.cluster = cluster;
    this.processes = processes;
  }

  /**
   * In words; empty where nothing was left.
   *
   * @param alive whether the guest runs: of one that does not, KubeVirt itself keeps pods
   */
  List<String> leftOf(Eviction eviction, Guest guest, boolean alive) throws IOException {
    var left = new ArrayList<String>();
    eviction.finalizers().forEach(it -> left.add("finalizer " + it));
    if (alive) {
      left.addAll(Traces.leftOf(cluster, guest));
      left.addAll(secondHomes(guest));
    } else if (policy() != null) {
      left.add("MigrationPolicy " + Traces.POLICY);
    }
    cluster
        .client()
        .resources(VirtualMachineInstanceMigration.class)
        .inNamespace(guest.namespace())
        .list()
        .getItems()
        .stream()
        .filter(it -> !it.hasEnded())
        .forEach(it -> left.add("migration " + it.getMetadata().getName()));
    for (var node : cluster.vmNodes()) {
      processes.agent(node).threads().stream()
          .filter(thread -> EVICTION_THREADS.stream().anyMatch(thread::startsWith))
          .forEach(thread -> left.add("thread %s of the agent on %s".formatted(thread, node)));
    }
    return left;
  }

  private MigrationPolicy policy() {
    return cluster.client().resources(MigrationPolicy.class).withName(Traces.POLICY).get();
  }

  /** Processes and pods of the guest on the node where it does not run. */
  private List<String> secondHomes(Guest guest) {
    var left = new ArrayList<String>();
    var home = guest.node();
    for (var node : cluster.vmNodes()) {
      int qemus = processes.qemus(node, guest.domain()).size();
      if (qemus != (node.equals(home) ? 1 : 0)) {
        left.add("%d QEMU on %s, the guest runs on %s".formatted(qemus, node, home));
      }
    }
    cluster
        .client()
        .pods()
        .inNamespace(guest.namespace())
        .withLabel("kubevirt.io/created-by", guest.now().getMetadata().getUid())
        .list()
        .getItems()
        .stream()
        .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
        .filter(pod -> !home.equals(pod.getSpec().getNodeName()))
        .forEach(pod -> left.add("pod " + pod.getMetadata().getName()));
    return left;
  }

  /** Names of the pods of Hotfoot and KubeVirt that are not ready. */
  List<String> unready() throws KubernetesClientException {
    var names = new ArrayList<String>();
    for (var namespace : List.of("hotfoot-system", "kubevirt")) {
      cluster.client().pods().inNamespace(namespace).list().getItems().stream()
          .filter(pod -> !isReady(pod))
          .forEach(pod -> names.add(pod.getMetadata().getName()));
    }
    return names;
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }
}
