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

  private final KubernetesClient client;
  private final Set<String> users = new HashSet<>();

  public Policies(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Applies the policy for this eviction. KubeVirt reads it once, 1 s after the migration's birth.
   *
   * @param timeoutPerGiB see {@link SwitchTimeout}
   */
  public synchronized void ensureFor(String evictionUid, int timeoutPerGiB) {
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
            timeoutPerGiB,
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
        .anyMatch(it -> !it.hasEnded());
  }
}
