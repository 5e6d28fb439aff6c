package io.hotfoot.operator.pressure;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.kubevirt.MigrationPolicySpec;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.kubevirt.SwitchTimeout;
import io.hotfoot.operator.kubevirt.Vms;
import io.hotfoot.operator.preflight.Suitable;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes evictions of migrations that others start. KubeVirt looks for a MigrationPolicy a second
 * after a migration's birth, so policy and label are there beforehand.
 */
final class Adopter {
  /** A turn must end; the rest is labelled in the next ones. */
  private static final int LABELS_A_TURN = 50;

  private static final int KEPT_SECONDS = (int) Duration.ofHours(25).toSeconds();

  private final KubernetesClient client;
  private final Cluster cluster;
  private final Vms vms;

  Adopter(KubernetesClient client, Cluster cluster, Vms vms) {
    this.client = client;
    this.cluster = cluster;
    this.vms = vms;
  }

  /** The policy that adopts this migration; null: none, say because it is an eviction's own. */
  String adopterOf(VirtualMachineInstanceMigration migration) {
    if (isOurs(migration) || migration.hasEnded()) {
      return null;
    }
    return cluster
        .vm(migration.getMetadata().getNamespace(), migration.getSpec().vmiName())
        .map(it -> it.getMetadata().getLabels().get(NodePressurePolicy.ADOPTED_LABEL))
        .orElse(null);
  }

  /**
   * Adopts what is to be adopted.
   *
   * @return whether more VMs are to be labelled
   */
  boolean proceed(NodePressurePolicy policy, Collection<String> nodes) {
    String name = policy.getMetadata().getName();
    boolean adopts =
        policy.getSpec().adopt() && policy.getSpec().enforcement() == Enforcement.Enforce;
    if (!adopts) {
      if (cluster.migrationPolicy(migrationPolicyOf(name)).isPresent()) {
        client.resources(MigrationPolicy.class).withName(migrationPolicyOf(name)).delete();
      }
      return label(name, List.of());
    }
    allowPostCopy(policy);
    cluster.activeMigrations().stream()
        .filter(it -> name.equals(adopterOf(it)))
        .forEach(this::adopt);
    return label(
        name,
        nodes.stream()
            .flatMap(node -> cluster.vmsOn(node).stream())
            .filter(vm -> isCovered(policy, vm))
            .toList());
  }

  /** A policy that is gone adopts nothing any more. */
  void forget(String policy) {
    cluster.vmsAdoptedBy(policy).forEach(it -> label(it, null));
  }

  private static boolean isCovered(NodePressurePolicy policy, VirtualMachineInstance vm) {
    Map<String, String> labels = vm.getMetadata().getLabels();
    Map<String, String> selector = policy.getSpec().victims().vmiSelector();
    return "false".equals(labels.getOrDefault(NodePressurePolicy.PROTECTED_LABEL, "false"))
        && (selector == null || labels.entrySet().containsAll(selector.entrySet()))
        && Suitable.forPostCopyAnywhere(vm);
  }

  private boolean label(String policy, List<VirtualMachineInstance> covered) {
    Set<String> uids = covered.stream().map(Adopter::uid).collect(Collectors.toSet());
    List<VirtualMachineInstance> add =
        covered.stream()
            .filter(
                it ->
                    !policy.equals(
                        it.getMetadata().getLabels().get(NodePressurePolicy.ADOPTED_LABEL)))
            .toList();
    List<VirtualMachineInstance> remove =
        cluster.vmsAdoptedBy(policy).stream().filter(it -> !uids.contains(uid(it))).toList();
    add.stream().limit(LABELS_A_TURN).forEach(it -> label(it, policy));
    remove.stream().limit(LABELS_A_TURN).forEach(it -> label(it, null));
    return add.size() > LABELS_A_TURN || remove.size() > LABELS_A_TURN;
  }

  private void label(VirtualMachineInstance vm, String policy) {
    vms.labelAdopted(vm.getMetadata().getNamespace(), vm.getMetadata().getName(), policy);
  }

  private void adopt(VirtualMachineInstanceMigration migration) {
    String namespace = migration.getMetadata().getNamespace();
    String name = "adopted-" + migration.getMetadata().getUid();
    boolean done =
        cluster.evictionsOf(namespace, migration.getSpec().vmiName()).stream()
            .anyMatch(it -> it.getMetadata().getName().equals(name));
    if (done) {
      return;
    }
    VMEviction eviction = new VMEviction();
    eviction.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(namespace)
            .withName(name)
            .addToAnnotations(VMEviction.ADOPTS, migration.getMetadata().getName())
            .build());
    eviction.setSpec(
        new VMEvictionSpec(
            migration.getSpec().vmiName(),
            EvictionMode.Enlightened,
            null,
            new Hints(Hints.Source.Auto, null),
            "24h",
            0,
            false,
            KEPT_SECONDS,
            "migration " + migration.getMetadata().getName() + " was made",
            "KubeVirt"));
    try {
      client.resource(eviction).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  private static boolean isOurs(VirtualMachineInstanceMigration migration) {
    Map<String, String> labels = migration.getMetadata().getLabels();
    return labels != null && labels.containsKey(Migrations.EVICTION_UID_LABEL);
  }

  /** Goes with the policy. */
  private void allowPostCopy(NodePressurePolicy policy) {
    String name = policy.getMetadata().getName();
    MigrationPolicySpec spec =
        new MigrationPolicySpec(
            true,
            true,
            SwitchTimeout.FOR_ANY,
            new MigrationPolicySpec.Selectors(Map.of(NodePressurePolicy.ADOPTED_LABEL, name)));
    boolean there =
        cluster
            .migrationPolicy(migrationPolicyOf(name))
            .filter(it -> Objects.equals(spec, it.getSpec()))
            .isPresent();
    if (there) {
      return;
    }
    MigrationPolicy allows = new MigrationPolicy();
    allows.setMetadata(
        new ObjectMetaBuilder()
            .withName(migrationPolicyOf(name))
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion(policy.getApiVersion())
                    .withKind(policy.getKind())
                    .withName(name)
                    .withUid(policy.getMetadata().getUid())
                    .build())
            .build());
    allows.setSpec(spec);
    client
        .resource(allows)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("hotfoot")
                .withForce(true)
                .build());
  }

  private static String migrationPolicyOf(String policy) {
    return "hotfoot-" + policy;
  }

  private static String uid(VirtualMachineInstance vm) {
    return vm.getMetadata().getUid();
  }
}
