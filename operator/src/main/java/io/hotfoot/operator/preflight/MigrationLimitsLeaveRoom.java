package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.eviction.Eviction;
import java.util.List;
import java.util.Optional;

/** Beyond its limits KubeVirt lets a migration wait; ours waits here, where it can be ordered. */
class MigrationLimitsLeaveRoom implements Check {
  private final Evictions evictions;

  MigrationLimitsLeaveRoom(Evictions evictions) {
    this.evictions = evictions;
  }

  @Override
  public Verdict examine(Situation situation) {
    List<VirtualMachineInstanceMigration> active = situation.migrations().active();
    int perCluster = situation.installation().parallelPerCluster();
    int perNode = situation.installation().parallelOutboundPerNode();
    if (active.size() >= perCluster) {
      return full("parallelMigrationsPerCluster", perCluster, "in the cluster");
    }
    String source = situation.sourceNode();
    long outbound = active.stream().filter(it -> leaves(source, it, situation)).count();
    if (outbound >= perNode) {
      return full("parallelOutboundMigrationsPerNode", perNode, "from node " + source);
    }
    boolean lastPlace = active.size() + 1 == perCluster || outbound + 1 == perNode;
    return lastPlace ? yieldToHigherPriority(situation.eviction()) : Verdict.PASS;
  }

  private Verdict yieldToHigherPriority(Eviction mine) {
    Optional<VMEviction> first =
        evictions
            .others(mine)
            .filter(it -> it.getSpec().priority() > mine.spec().priority())
            .filter(MigrationLimitsLeaveRoom::waitsForRoom)
            .findFirst();
    return first
        .<Verdict>map(
            it ->
                new Verdict.Wait(
                    Reason.HigherPriorityFirst,
                    "VMEviction %s/%s has a higher priority and waits for the same place"
                        .formatted(it.getMetadata().getNamespace(), it.getMetadata().getName())))
        .orElse(Verdict.PASS);
  }

  /** Only one that waits for room: another may wait for something that never comes. */
  private static boolean waitsForRoom(VMEviction eviction) {
    return eviction.getStatus() != null
        && eviction.getStatus().phase == EvictionPhase.Pending
        && eviction.getStatus().conditions.stream()
            .anyMatch(it -> it.reason() == Reason.MigrationLimitReached);
  }

  private static boolean leaves(
      String node, VirtualMachineInstanceMigration migration, Situation situation) {
    return situation
        .vms()
        .find(migration.getMetadata().getNamespace(), migration.getSpec().vmiName())
        .filter(vm -> vm.getStatus() != null)
        .filter(vm -> node.equals(vm.getStatus().nodeName()))
        .isPresent();
  }

  private static Verdict full(String setting, int limit, String where) {
    return new Verdict.Wait(
        Reason.MigrationLimitReached,
        "KubeVirt's %s of %d is reached %s; waiting for a migration to end, or raise it in the KubeVirt object"
            .formatted(setting, limit, where));
  }
}
