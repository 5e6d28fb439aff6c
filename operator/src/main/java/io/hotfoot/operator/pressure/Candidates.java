package io.hotfoot.operator.pressure;

import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.operator.eviction.Durations;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The VMs of a pressed node, each with what speaks against its eviction. */
final class Candidates {
  private final NodePressurePolicySpec policy;
  private final History history;
  private final Set<String> migrating;
  private final Groups groups;

  /**
   * @param migrating the VMs that have a migration, as namespace/name
   */
  Candidates(NodePressurePolicySpec policy, History history, Set<String> migrating, Groups groups) {
    this.policy = policy;
    this.history = history;
    this.migrating = migrating;
    this.groups = groups;
  }

  /**
   * @param vms that run on the node
   */
  List<Candidate> of(NodePressure pressure, List<VirtualMachineInstance> vms) {
    Map<String, VmUsage> usages =
        pressure.report().getVmsList().stream()
            .collect(
                Collectors.toMap(
                    it -> it.getNamespace() + "/" + it.getName(),
                    Function.identity(),
                    (first, second) -> first));
    return vms.stream().map(vm -> candidate(vm, usages.get(key(vm)))).toList();
  }

  private Candidate candidate(VirtualMachineInstance vm, VmUsage usage) {
    String namespace = vm.getMetadata().getNamespace();
    String name = vm.getMetadata().getName();
    if (usage == null) {
      return new Candidate(
          VmUsage.newBuilder().setNamespace(namespace).setName(name).build(), 0, stays(vm, null));
    }
    long resident = usage.getResidentBytes();
    long untilFast =
        usage.getHintedBytes() > 0
            ? usage.getHintedBytes()
            : history.hotBytes(namespace, name).orElse(resident);
    return new Candidate(usage, Math.min(resident, untilFast), stays(vm, usage));
  }

  private Optional<String> stays(VirtualMachineInstance vm, VmUsage usage) {
    Map<String, String> labels = Objects.requireNonNullElse(vm.getMetadata().getLabels(), Map.of());
    Map<String, String> selector = policy.victims().vmiSelector();
    if (!"false".equals(labels.getOrDefault(NodePressurePolicy.PROTECTED_LABEL, "false"))) {
      return Optional.of("stays, protected by its label");
    }
    if (selector != null && !labels.entrySet().containsAll(selector.entrySet())) {
      return Optional.of("stays, not selected");
    }
    List<String> classes = policy.victims().protectedPriorityClasses();
    String priority = vm.getSpec() == null ? null : vm.getSpec().priorityClassName();
    if (classes != null && priority != null && classes.contains(priority)) {
      return Optional.of("stays, protected by its priority class " + priority);
    }
    if (!vm.canMigrate()) {
      return Optional.of("stays, it is not live-migratable");
    }
    if (migrating.contains(key(vm))) {
      return Optional.of("stays, it migrates already");
    }
    if (usage == null) {
      return Optional.of("stays, the node's agent does not see it");
    }
    return history
        .staysFor(
            vm.getMetadata().getNamespace(),
            vm.getMetadata().getName(),
            Durations.parse(policy.budget().vmCoolDown()))
        .or(() -> groupKeeps(vm));
  }

  private Optional<String> groupKeeps(VirtualMachineInstance vm) {
    return Optional.ofNullable(policy.victims().minUndisturbed())
        .flatMap(it -> groups.staysFor(vm, it));
  }

  static String key(VirtualMachineInstance vm) {
    return vm.getMetadata().getNamespace() + "/" + vm.getMetadata().getName();
  }
}
