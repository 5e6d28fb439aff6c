package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.VictimSelection.GroupMinimum;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.operator.cluster.Cluster;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Groups of VMs of which so many are to be left alone at any time, as a PDB does for pods. */
final class Groups {
  private final Cluster cluster;
  private final History history;
  private final Set<String> migrating;
  private Map<String, Integer> undisturbed;

  /**
   * @param migrating the VMs that have a migration, as namespace/name
   */
  Groups(Cluster cluster, History history, Set<String> migrating) {
    this.cluster = cluster;
    this.history = history;
    this.migrating = migrating;
  }

  /** Why this VM's group lets it not go, if so. */
  Optional<String> staysFor(VirtualMachineInstance vm, GroupMinimum minimum) {
    String group = groupOf(vm, minimum.groupLabel());
    if (group == null) {
      return Optional.empty();
    }
    if (undisturbed == null) {
      undisturbed = count(minimum.groupLabel());
    }
    int left = undisturbed.getOrDefault(group, 0) - 1;
    return left >= minimum.count()
        ? Optional.empty()
        : Optional.of(
            "stays, of the VMs with %s=%s in its namespace %d would be left alone, and minUndisturbed is %d"
                .formatted(
                    minimum.groupLabel(),
                    vm.getMetadata().getLabels().get(minimum.groupLabel()),
                    Math.max(0, left),
                    minimum.count()));
  }

  private Map<String, Integer> count(String label) {
    Map<String, Integer> counts = new HashMap<>();
    for (VirtualMachineInstance vm : cluster.vms()) {
      String group = groupOf(vm, label);
      if (group != null && vm.runs() && !isDisturbed(vm)) {
        counts.merge(group, 1, Integer::sum);
      }
    }
    return counts;
  }

  private boolean isDisturbed(VirtualMachineInstance vm) {
    return migrating.contains(Candidates.key(vm))
        || history.isMoving(vm.getMetadata().getNamespace(), vm.getMetadata().getName());
  }

  private static String groupOf(VirtualMachineInstance vm, String label) {
    Map<String, String> labels = vm.getMetadata().getLabels();
    String value = labels == null ? null : labels.get(label);
    return value == null ? null : vm.getMetadata().getNamespace() + "/" + value;
  }
}
