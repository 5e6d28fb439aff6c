package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.kubevirt.MigrationPolicySpec;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Keeps the MigrationPolicy that allows post-copy for labelled VMs while an eviction needs it. */
public class Policies {
  public static final String NAME = "hotfoot";
  private static final String FIELD_MANAGER = "hotfoot";

  /** So soon does virt-launcher itself start post-copy, should the agent fail to. */
  private static final int AT_ONCE = 1;

  /** Under the gate MigrationStallDetection a short timeout makes virt-launcher abort instead. */
  private static final int UNDER_STALL_DETECTION = 150;

  private final KubernetesClient client;
  private final Set<String> users = new HashSet<>();

  public Policies(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Applies the policy for this eviction. KubeVirt reads it once, 1 s after the migration's birth.
   */
  public synchronized void ensureFor(String evictionUid, boolean stallDetection) {
    users.add(evictionUid);
    MigrationPolicy policy = new MigrationPolicy();
    policy.setMetadata(
        new ObjectMetaBuilder()
            .withName(NAME)
            .addToLabels("app.kubernetes.io/managed-by", "hotfoot-operator")
            .build());
    policy.setSpec(
        new MigrationPolicySpec(
            true,
            true,
            stallDetection ? UNDER_STALL_DETECTION : AT_ONCE,
            new MigrationPolicySpec.Selectors(Map.of(Vms.LABEL, "true"))));
    client
        .resource(policy)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(FIELD_MANAGER)
                .withForce(true)
                .build());
  }

  /**
   * Removes the policy unless another eviction needs it, one that this operator has yet to see too.
   */
  public synchronized void releaseFor(String evictionUid) {
    users.remove(evictionUid);
    if (users.isEmpty() && !isWantedByOthers(evictionUid)) {
      client.resources(MigrationPolicy.class).withName(NAME).delete();
    }
  }

  private boolean isWantedByOthers(String evictionUid) {
    return client.resources(VMEviction.class).inAnyNamespace().list().getItems().stream()
        .filter(it -> !it.getMetadata().getUid().equals(evictionUid))
        .anyMatch(
            it ->
                it.getStatus() == null
                    || it.getStatus().phase == null
                    || !it.getStatus().phase.isFinal());
  }
}
