package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.kubevirt.Policies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One MigrationPolicy serves all evictions that go on. */
@ExtendWith(ControlPlane.class)
class PoliciesIT {
  private final KubernetesClient client = ControlPlane.client();
  private Cluster cluster;
  private Policies policies;

  @BeforeEach
  void connect() {
    cluster = new Cluster(client, "hotfoot-system");
    policies = new Policies(client, cluster);
  }

  @AfterEach
  void close() {
    cluster.close();
    client.resources(MigrationPolicy.class).withName(Policies.NAME).delete();
  }

  @Test
  void evictionsOfVmsOfDifferentSizeShareTheLongestTimeout() {
    policies.ensureFor("small", 8);
    policies.ensureFor("large", 1);
    assertThat(timeout()).isEqualTo(8);

    policies.releaseFor("small");
    policies.ensureFor("large", 1);
    assertThat(timeout()).isEqualTo(1);

    policies.releaseFor("large");
    assertThat(client.resources(MigrationPolicy.class).withName(Policies.NAME).get()).isNull();
  }

  private int timeout() {
    var policy = client.resources(MigrationPolicy.class).withName(Policies.NAME).get();
    return policy.getSpec().completionTimeoutPerGiB();
  }
}
