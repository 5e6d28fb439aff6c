package io.hotfoot.kubevirt;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** A running VM. Has no status subresource: patch its metadata, never replace it. */
@Group("kubevirt.io")
@Version("v1")
@Kind("VirtualMachineInstance")
@Plural("virtualmachineinstances")
public class VirtualMachineInstance
    extends CustomResource<VirtualMachineInstanceSpec, VirtualMachineInstanceStatus>
    implements Namespaced {
  /** The condition that tells whether it can be. */
  public static final String LIVE_MIGRATABLE = "LiveMigratable";

  public boolean runs() {
    return getStatus() != null && "Running".equals(getStatus().phase());
  }

  /** Whether it runs on a node and can leave it. */
  public boolean canMigrate() {
    VirtualMachineInstanceStatus status = getStatus();
    return status != null
        && runs()
        && status.nodeName() != null
        && status.conditions() != null
        && status.conditions().stream()
            .anyMatch(it -> LIVE_MIGRATABLE.equals(it.type()) && "True".equals(it.status()));
  }
}
