package io.hotfoot.operator.it.scale;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Carries out migrations as KubeVirt does, many at once, with as few requests as that needs. They
 * take as long as KubeVirt's own of a small VM.
 */
class BulkKubeVirt implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(BulkKubeVirt.class);
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  /** Until QEMU begins to migrate: KubeVirt 1.9 took 2.97 s. */
  private static final Duration STARTS = Duration.ofSeconds(3);

  /** 1 GiB by 1 Gbit/s. */
  private static final Duration MOVES = Duration.ofSeconds(9);

  private final KubernetesClient client;
  private final String namespace;
  private final BulkCluster cluster;
  private final int nodes;
  private final Consumer<String> onLeft;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger targets = new AtomicInteger();
  private final SharedIndexInformer<VirtualMachineInstanceMigration> migrations;

  /**
   * @param onLeft is told each node that a VM has left
   */
  BulkKubeVirt(
      KubernetesClient client,
      String namespace,
      BulkCluster cluster,
      int nodes,
      Consumer<String> onLeft) {
    this.client = client;
    this.namespace = namespace;
    this.cluster = cluster;
    this.nodes = nodes;
    this.onLeft = onLeft;
    this.migrations =
        client
            .resources(VirtualMachineInstanceMigration.class)
            .inNamespace(namespace)
            .inform(new Arrivals());
  }

  private class Arrivals implements ResourceEventHandler<VirtualMachineInstanceMigration> {
    @Override
    public void onAdd(VirtualMachineInstanceMigration migration) {
      threads.execute(
          () -> {
            try {
              migrate(migration);
            } catch (RuntimeException e) {
              LOG.errorf(e, "migration %s", migration.getMetadata().getName());
            }
          });
    }

    @Override
    public void onUpdate(
        VirtualMachineInstanceMigration before, VirtualMachineInstanceMigration after) {}

    @Override
    public void onDelete(VirtualMachineInstanceMigration migration, boolean unknown) {}
  }

  private void migrate(VirtualMachineInstanceMigration migration) {
    String uid = migration.getMetadata().getUid();
    String vm = migration.getSpec().vmiName();
    String eviction = migration.getMetadata().getLabels().get("eviction.hotfoot.io/eviction-uid");
    String from = BulkCluster.nodeOf(vm);
    String to = targetOf(migration.getSpec().addedNodeSelector());
    Instant begun = Instant.now();
    String pod =
        cluster.pod(
            "virt-launcher-" + uid, to, "{\"kubevirt.io/migrationJobUID\":\"%s\"}".formatted(uid));
    patchVm(
        vm,
        "{\"status\":{\"migrationState\":{\"migrationUid\":\"%s\",\"sourceNode\":\"%s\",\"targetNode\":\"%s\",\"migrationPolicyName\":\"hotfoot\",\"mode\":\"PreCopy\",\"startTimestamp\":\"%s\"}}}"
            .formatted(uid, from, to, begun));
    setPhase(migration, "Running");
    BulkAgent source = cluster.agent(from);
    BulkAgent target = cluster.agent(to);
    await(() -> isPast(begun.plus(STARTS)) && source.isArmed(eviction));
    source.switchNow(eviction);
    await(() -> target.hasHints(eviction));
    target.pulled(eviction);
    await(() -> isPast(begun.plus(STARTS).plus(MOVES)) && !source.isThrottled(eviction));
    patchVm(
        vm,
        "{\"metadata\":{\"labels\":{\"kubevirt.io/nodeName\":\"%s\"}},\"status\":{\"nodeName\":\"%s\",\"activePods\":{\"%s\":\"%s\"},\"migrationState\":{\"mode\":\"PostCopy\",\"completed\":true}}}"
            .formatted(to, to, pod, to));
    setPhase(migration, "Succeeded");
    onLeft.accept(from);
  }

  private String targetOf(Map<String, String> selector) {
    String asked = selector == null ? null : selector.get("kubernetes.io/hostname");
    // The second half of the nodes is neither pressed nor left by anybody.
    return asked != null
        ? asked
        : BulkCluster.node(nodes / 2 + targets.getAndIncrement() % (nodes / 2));
  }

  private static boolean isPast(Instant moment) {
    return Instant.now().isAfter(moment);
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void patchVm(String name, String json) {
    client
        .resources(VirtualMachineInstance.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(MERGE, json);
  }

  private void setPhase(VirtualMachineInstanceMigration migration, String phase) {
    client
        .resource(migration)
        .subresource("status")
        .patch(MERGE, "{\"status\":{\"phase\":\"%s\"}}".formatted(phase));
  }

  @Override
  public void close() {
    migrations.close();
    threads.shutdownNow();
  }
}
