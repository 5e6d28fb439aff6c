package io.hotfoot.operator.cluster;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceCondition;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.kubevirt.VirtualMachineInstanceStatus;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What is kept of each kind: its metadata, and the few fields that somebody reads. */
final class Slim {
  private static final Interner<Object> SHARED = Interners.newWeakInterner();

  private static final String CPU = "cpu";

  private Slim() {}

  static VirtualMachineInstance vm(VirtualMachineInstance from) {
    VirtualMachineInstance vm = new VirtualMachineInstance();
    vm.setMetadata(metadata(from.getMetadata()));
    vm.setSpec(shared(from.getSpec()));
    vm.setStatus(from.getStatus() == null ? null : status(from.getStatus()));
    return vm;
  }

  private static VirtualMachineInstanceStatus status(VirtualMachineInstanceStatus from) {
    return new VirtualMachineInstanceStatus(
        shared(from.phase()),
        shared(from.nodeName()),
        Objects.requireNonNullElse(from.conditions(), List.<VirtualMachineInstanceCondition>of())
            .stream()
            .filter(it -> VirtualMachineInstance.LIVE_MIGRATABLE.equals(it.type()))
            .map(Slim::shared)
            .toList(),
        shared(from.memory()),
        from.migrationState(),
        from.activePods() == null ? null : Map.copyOf(from.activePods()));
  }

  static VirtualMachineInstanceMigration migration(VirtualMachineInstanceMigration migration) {
    migration.getMetadata().setManagedFields(List.of());
    return migration;
  }

  static VMEviction eviction(VMEviction eviction) {
    eviction.getMetadata().setManagedFields(List.of());
    return eviction;
  }

  static Node node(Node from) {
    NodeStatus status = new NodeStatus();
    status.setConditions(
        from.getStatus().getConditions().stream().map(it -> shared(condition(it))).toList());
    Quantity cpus = from.getStatus().getAllocatable().get(CPU);
    status.setAllocatable(cpus == null ? Map.of() : shared(Map.of(CPU, cpus)));
    return new NodeBuilder()
        .withMetadata(metadata(from.getMetadata()))
        .withNewSpec()
        .withUnschedulable(from.getSpec().getUnschedulable())
        .endSpec()
        .withStatus(status)
        .build();
  }

  /** Without its times, which change all the while. */
  private static NodeCondition condition(NodeCondition from) {
    return new NodeConditionBuilder().withType(from.getType()).withStatus(from.getStatus()).build();
  }

  static Pod pod(Pod from) {
    PodStatus status = new PodStatus();
    status.setPhase(shared(from.getStatus().getPhase()));
    status.setPodIP(from.getStatus().getPodIP());
    status.setStartTime(from.getStatus().getStartTime());
    status.setConditions(
        from.getStatus().getConditions().stream()
            .filter(it -> "Ready".equals(it.getType()) || "PodScheduled".equals(it.getType()))
            .toList());
    return new PodBuilder()
        .withMetadata(metadata(from.getMetadata()))
        .withNewSpec()
        .withNodeName(shared(from.getSpec().getNodeName()))
        .endSpec()
        .withStatus(status)
        .build();
  }

  private static ObjectMeta metadata(ObjectMeta from) {
    ObjectMeta metadata = new ObjectMeta();
    metadata.setNamespace(shared(from.getNamespace()));
    metadata.setName(from.getName());
    metadata.setUid(from.getUid());
    metadata.setResourceVersion(from.getResourceVersion());
    metadata.setDeletionTimestamp(from.getDeletionTimestamp());
    metadata.setLabels(labels(from.getLabels()));
    return metadata;
  }

  private static Map<String, String> labels(Map<String, String> from) {
    return from == null
        ? Map.of()
        : from.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    it -> shared(it.getKey()), it -> shared(it.getValue())));
  }

  /** Many objects have the same words in them, and the same values. */
  @SuppressWarnings("unchecked")
  private static <T> T shared(T value) {
    return value == null ? null : (T) SHARED.intern(value);
  }
}
