package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Target;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigrationSpec;
import io.hotfoot.operator.eviction.Eviction;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;

/** Makes KubeVirt migrate, and finds its migrations. */
public class Migrations {
  /** On a migration of ours: the UID of its VMEviction. */
  public static final String EVICTION_UID_LABEL = "eviction.hotfoot.io/eviction-uid";

  /** On a migration of ours: the name of its VMEviction. An annotation, since names may be long. */
  public static final String EVICTION_NAME = "eviction.hotfoot.io/eviction-name";

  private final KubernetesClient client;

  public Migrations(KubernetesClient client) {
    this.client = client;
  }

  /** The migration of this eviction's current attempt. */
  public Optional<VirtualMachineInstanceMigration> find(Eviction eviction) {
    return Optional.ofNullable(migration(eviction.namespace(), nameFor(eviction)).get());
  }

  /**
   * Creates the migration unless it is there.
   *
   * @throws KubernetesClientException if KubeVirt refuses it
   */
  public VirtualMachineInstanceMigration ensure(Eviction eviction) {
    try {
      return client.resource(migrationFor(eviction)).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      return find(eviction).orElseThrow(() -> e);
    }
  }

  /** Has KubeVirt cancel the migration. Never to be called once execution may have moved. */
  public void cancel(VirtualMachineInstanceMigration migration) {
    if (migration.getMetadata().getDeletionTimestamp() == null) {
      client.resource(migration).delete();
    }
  }

  /** Removes this eviction's migrations that have ended. */
  public void deleteEnded(Eviction eviction) {
    client
        .resources(VirtualMachineInstanceMigration.class)
        .inNamespace(eviction.namespace())
        .withLabel(EVICTION_UID_LABEL, eviction.uid())
        .list()
        .getItems()
        .stream()
        .filter(VirtualMachineInstanceMigration::hasEnded)
        .forEach(it -> client.resource(it).delete());
  }

  public List<VirtualMachineInstanceMigration> active() {
    return client
        .resources(VirtualMachineInstanceMigration.class)
        .inAnyNamespace()
        .list()
        .getItems()
        .stream()
        .filter(it -> !it.hasEnded())
        .toList();
  }

  private Resource<VirtualMachineInstanceMigration> migration(String namespace, String name) {
    return client
        .resources(VirtualMachineInstanceMigration.class)
        .inNamespace(namespace)
        .withName(name);
  }

  private static VirtualMachineInstanceMigration migrationFor(Eviction eviction) {
    VirtualMachineInstanceMigration migration = new VirtualMachineInstanceMigration();
    // No owner reference: a deleted VMEviction must not take a migration in post-copy with it.
    migration.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(eviction.namespace())
            .withName(nameFor(eviction))
            .addToLabels(EVICTION_UID_LABEL, eviction.uid())
            .addToAnnotations(EVICTION_NAME, eviction.name())
            .build());
    Target target = eviction.spec().target();
    migration.setSpec(
        new VirtualMachineInstanceMigrationSpec(
            eviction.spec().vmiName(), target == null ? null : target.nodeSelector()));
    return migration;
  }

  /** The same for each attempt of an eviction, so that a restarted operator makes no second one. */
  static String nameFor(Eviction eviction) {
    String suffix = eviction.mode() == EvictionMode.PreCopy ? "-precopy" : "";
    return "hotfoot-%.32s-%.8s%s".formatted(eviction.name(), eviction.uid(), suffix);
  }
}
