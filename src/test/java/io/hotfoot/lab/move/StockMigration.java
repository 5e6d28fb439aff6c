package io.hotfoot.lab.move;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigrationSpec;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.guest.Guest;
import java.util.HashMap;
import java.util.Map;

/**
 * A migration by KubeVirt alone: a policy, and the VMIM that it holds for. Closing removes both.
 */
public final class StockMigration implements Move, AutoCloseable {
  private static final String LABEL = "lab.hotfoot.io/policy";

  private final Cluster cluster;
  private final HasMetadata policy;
  private final VirtualMachineInstanceMigration migration;

  private StockMigration(
      Cluster cluster, HasMetadata policy, VirtualMachineInstanceMigration migration) {
    this.cluster = cluster;
    this.policy = policy;
    this.migration = migration;
  }

  /**
   * Pre-copy that KubeVirt turns into post-copy after a time.
   *
   * @param secondsPerGib the time, seconds for each GiB of the guest's memory
   */
  public static StockMigration hybrid(Cluster cluster, Guest guest, int secondsPerGib) {
    return start(
        cluster,
        guest,
        Map.of(
            "allowPostCopy",
            true,
            "allowWorkloadDisruption",
            true,
            "completionTimeoutPerGiB",
            secondsPerGib));
  }

  /** Pre-copy in which QEMU takes CPU from the guest until it dirties less than is sent. */
  public static StockMigration converging(Cluster cluster, Guest guest) {
    return start(cluster, guest, Map.of("allowAutoConverge", true));
  }

  /**
   * @param settings of the MigrationPolicy's spec
   */
  private static StockMigration start(Cluster cluster, Guest guest, Map<String, ?> settings) {
    var name = "lab-" + guest.name();
    label(cluster, guest, name);
    var spec = new HashMap<String, Object>(settings);
    spec.put("selectors", Map.of("virtualMachineInstanceSelector", Map.of(LABEL, name)));
    var policy = new GenericKubernetesResource();
    policy.setApiVersion("migrations.kubevirt.io/v1alpha1");
    policy.setKind("MigrationPolicy");
    policy.setMetadata(new ObjectMetaBuilder().withName(name).build());
    policy.setAdditionalProperty("spec", spec);
    cluster.client().resource(policy).create();
    var migration = new VirtualMachineInstanceMigration();
    migration.setMetadata(
        new ObjectMetaBuilder().withName(name).withNamespace(guest.namespace()).build());
    migration.setSpec(new VirtualMachineInstanceMigrationSpec(guest.name(), null));
    cluster.client().resource(migration).create();
    return new StockMigration(cluster, policy, migration);
  }

  private static void label(Cluster cluster, Guest guest, String value) {
    var patch = "{\"metadata\": {\"labels\": {\"%s\": \"%s\"}}}".formatted(LABEL, value);
    cluster
        .client()
        .resources(VirtualMachineInstance.class)
        .inNamespace(guest.namespace())
        .withName(guest.name())
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  @Override
  public Progress progress() {
    var now = cluster.client().resource(migration).get();
    var phase = now == null || now.phase() == null ? "Pending" : now.phase();
    return new Progress(
        phase,
        null,
        null,
        now != null && now.hasEnded(),
        now != null && now.hasSucceeded(),
        "KubeVirt's migration is " + phase);
  }

  @Override
  public void callOff() {
    cluster.client().resource(migration).delete();
  }

  @Override
  public void close() {
    cluster.client().resource(migration).delete();
    cluster.client().resource(policy).delete();
  }
}
