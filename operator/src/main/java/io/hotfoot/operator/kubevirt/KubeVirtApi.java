package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.kubevirt.KubeVirt;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import java.util.List;
import java.util.stream.Stream;

/** KubeVirt's part of the Kubernetes API, which is there once KubeVirt is installed. */
public final class KubeVirtApi {
  private KubeVirtApi() {}

  /** Names of the CRDs in use that the API server does not serve. */
  public static List<String> missing(KubernetesClient client) {
    return Stream.of(
            KubeVirt.class,
            VirtualMachineInstance.class,
            VirtualMachineInstanceMigration.class,
            MigrationPolicy.class)
        .filter(type -> !client.supports(type))
        .map(CustomResource::getCRDName)
        .toList();
  }
}
