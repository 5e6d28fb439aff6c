package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.kubevirt.MigrationPolicySpec;
import io.hotfoot.operator.cluster.Cluster;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** Keeps the MigrationPolicy that allows post-copy for labelled VMs while an eviction needs it. */
public class Policies {
  public static final String NAME = "hotfoot";
  private static final String FIELD_MANAGER = "hotfoot";

  private final KubernetesClient client;
  private final Cluster cluster;
  private final Map<String, Integer> users = new HashMap<>();
  private MigrationPolicySpec applied;

  public Policies(KubernetesClient client, Cluster cluster) {
    this.client = client;
    this.cluster = cluster;
  }

  /**
   * Applies the policy for this eviction. KubeVirt reads it once, 1 s after the migration's birth.
   * All evictions share it, and so the longest of their timeouts: where the agent switches, none is
   * ever reached, and a shorter one than asked for could come before the hints.
   *
   * @param timeoutPerGiB see {@link SwitchTimeout}
   */
  public synchronized void ensureFor(String evictionUid, int timeoutPerGiB) {
    users.put(evictionUid, timeoutPerGiB);
    MigrationPolicySpec spec =
        new MigrationPolicySpec(
            true,
            true,
            Collections.max(users.values()),
            new MigrationPolicySpec.Selectors(Map.of(Vms.LABEL, "true")));
    if (spec.equals(applied) && isThere(spec)) {
      return;
    }
    MigrationPolicy policy = new MigrationPolicy();
    policy.setMetadata(
        new ObjectMetaBuilder()
            .withName(NAME)
            .addToLabels("app.kubernetes.io/managed-by", "hotfoot-operator")
            .build());
    policy.setSpec(spec);
    client
        .resource(policy)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(FIELD_MANAGER)
                .withForce(true)
                .build());
    applied = spec;
  }

  private boolean isThere(MigrationPolicySpec spec) {
    return cluster.migrationPolicy(NAME).filter(it -> spec.equals(it.getSpec())).isPresent();
  }

  /**
   * Removes the policy unless another eviction needs it, one that this operator has yet to see too.
   */
  public synchronized void releaseFor(String evictionUid) {
    users.remove(evictionUid);
    if (users.isEmpty() && !isWantedByOthers(evictionUid)) {
      client.resources(MigrationPolicy.class).withName(NAME).delete();
      applied = null;
    }
  }

  private boolean isWantedByOthers(String evictionUid) {
    return cluster.evictions().stream()
        .filter(it -> !it.getMetadata().getUid().equals(evictionUid))
        .filter(it -> !it.hasEnded())
        .anyMatch(this::goesOn);
  }

  /** One that has just ended may not be seen to have: the policy would stay behind. */
  private boolean goesOn(VMEviction eviction) {
    VMEviction now = client.resource(eviction).get();
    return now != null && !now.hasEnded();
  }
}
