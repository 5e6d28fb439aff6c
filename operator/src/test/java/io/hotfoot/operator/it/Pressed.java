package io.hotfoot.operator.it;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionBudget;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.PressureTrigger;
import io.hotfoot.api.v1alpha1.TargetHeadroom;
import io.hotfoot.api.v1alpha1.VictimSelection;
import java.util.List;
import java.util.Map;

/** Policies with one trigger, and what agents report for it. */
final class Pressed {
  private static final long GIB = 1L << 30;

  private Pressed() {}

  static PressureReport report(int percent, boolean holds, VmUsage... vms) {
    return PressureReport.newBuilder()
        .addTriggers(TriggerState.newBuilder().setPercent(percent).setHolds(holds))
        .setMemoryTotal(16 * GIB)
        .setMemoryAvailable(12 * GIB)
        .addAllVms(List.of(vms))
        .build();
  }

  static VmUsage usage(String namespace, String vm, int cpuMilli) {
    return VmUsage.newBuilder()
        .setNamespace(namespace)
        .setName(vm)
        .setCpuMilli(cpuMilli)
        .setResidentBytes(GIB)
        .build();
  }

  /** Of all nodes, by their CPU, with a budget that lets one eviction follow another slowly. */
  static NodePressurePolicy policy(String name, Enforcement enforcement) {
    return policy(name, enforcement, new EvictionBudget(1, 2, 10, "30m", "1m", "24h"));
  }

  /** Of all nodes, by their CPU. */
  static NodePressurePolicy policy(String name, Enforcement enforcement, EvictionBudget budget) {
    NodePressurePolicy policy = new NodePressurePolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName(name).build());
    policy.setSpec(
        new NodePressurePolicySpec(
            Map.of(),
            List.of(
                new PressureTrigger(
                    PressureTrigger.Resource.cpu,
                    PressureTrigger.Stall.Some,
                    50,
                    "10s",
                    null,
                    null,
                    null)),
            new VictimSelection(null, null, null),
            new TargetHeadroom(null, 20, 10),
            budget,
            enforcement,
            false));
    return policy;
  }
}
