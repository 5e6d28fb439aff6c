package io.hotfoot.lab.chaos;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.Listable;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.lab.Cluster;
import java.util.ArrayList;
import java.util.List;

/**
 * What Hotfoot takes: of its processes memory, threads and open files, and objects of the cluster.
 */
final class Footprint {
  private final Cluster cluster;
  private final LabProcesses processes;

  Footprint(Cluster cluster, LabProcesses processes) {
    this.cluster = cluster;
    this.processes = processes;
  }

  String text() {
    var lines = new ArrayList<String>();
    for (var node : cluster.vmNodes()) {
      lines.add(line("agent on " + node, processes.agent(node)));
    }
    for (var node : nodes()) {
      processes.operators(node).forEach(it -> lines.add(line("operator on " + node, it)));
    }
    var client = cluster.client();
    lines.add(
        "  objects: %d pods, %d VMEvictions, %d MigrationPolicies, %d leases, %d events"
            .formatted(
                count(client.pods().inAnyNamespace()),
                count(client.resources(VMEviction.class).inAnyNamespace()),
                count(client.resources(MigrationPolicy.class)),
                count(client.leases().inAnyNamespace()),
                count(client.v1().events().inAnyNamespace())));
    return String.join("%n".formatted(), lines);
  }

  private List<String> nodes() {
    return cluster.client().pods().inNamespace("hotfoot-system").list().getItems().stream()
        .map(Pod::getSpec)
        .map(it -> it.getNodeName())
        .distinct()
        .toList();
  }

  private static String line(String what, LabProcess process) {
    return "  %-18s %4d MiB, %3d threads, %3d open files"
        .formatted(what, process.residentMib(), process.threads().size(), process.openFiles());
  }

  private static <T extends HasMetadata, L extends KubernetesResourceList<T>> int count(
      Listable<L> kind) {
    return kind.list().getItems().size();
  }
}
