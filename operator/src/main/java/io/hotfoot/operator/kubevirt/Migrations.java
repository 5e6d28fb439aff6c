package io.hotfoot.operator.kubevirt;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Target;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigrationSpec;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.eviction.Eviction;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes KubeVirt migrate, and finds its migrations. */
public class Migrations {
  /** On a migration of ours: the UID of its VMEviction. */
  public static final String EVICTION_UID_LABEL = "eviction.hotfoot.io/eviction-uid";

  /** On a migration of ours: the name of its VMEviction. An annotation, since names may be long. */
  public static final String EVICTION_NAME = "eviction.hotfoot.io/eviction-name";

  /** By then the informers show what has just been made, or that it is gone again. */
  private static final Duration UNSEEN = Duration.ofSeconds(2);

  private final KubernetesClient client;
  private final Cluster cluster;
  private final Cache<String, VirtualMachineInstanceMigration> justMade =
      CacheBuilder.newBuilder().expireAfterWrite(UNSEEN).build();

  public Migrations(KubernetesClient client, Cluster cluster) {
    this.client = client;
    this.cluster = cluster;
  }

  /** The migration of this eviction's current attempt, even if it has only just been made. */
  public Optional<VirtualMachineInstanceMigration> find(Eviction eviction) {
    return cluster
        .migration(eviction.namespace(), nameFor(eviction))
        .or(() -> Optional.ofNullable(justMade.getIfPresent(key(eviction))))
        .or(() -> read(eviction.namespace(), nameFor(eviction)));
  }

  /**
   * Creates the migration unless it is there.
   *
   * @throws KubernetesClientException if KubeVirt refuses it
   */
  public VirtualMachineInstanceMigration ensure(Eviction eviction) {
    try {
      var made = client.resource(migrationFor(eviction)).create();
      justMade.put(key(eviction), made);
      return made;
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
    cluster.migrationsOf(eviction.namespace(), eviction.spec().vmiName()).stream()
        .filter(it -> isOf(eviction, it) && it.hasEnded())
        .forEach(it -> client.resource(it).delete());
  }

  public List<VirtualMachineInstanceMigration> active() {
    return cluster.activeMigrations();
  }

  /** Those of one VM. */
  public Stream<VirtualMachineInstanceMigration> activeOf(String namespace, String vm) {
    return cluster.migrationsOf(namespace, vm).stream().filter(it -> !it.hasEnded());
  }

  private Optional<VirtualMachineInstanceMigration> read(String namespace, String name) {
    return Optional.ofNullable(
        client
            .resources(VirtualMachineInstanceMigration.class)
            .inNamespace(namespace)
            .withName(name)
            .get());
  }

  private static String key(Eviction eviction) {
    return eviction.namespace() + "/" + nameFor(eviction);
  }

  private static boolean isOf(Eviction eviction, VirtualMachineInstanceMigration migration) {
    Map<String, String> labels = migration.getMetadata().getLabels();
    return labels != null && eviction.uid().equals(labels.get(EVICTION_UID_LABEL));
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
    if (eviction.adopted().isPresent()) {
      return eviction.adopted().get();
    }
    String suffix = eviction.mode() == EvictionMode.PreCopy ? "-precopy" : "";
    return "hotfoot-%.32s-%.8s%s".formatted(eviction.name(), eviction.uid(), suffix);
  }
}
