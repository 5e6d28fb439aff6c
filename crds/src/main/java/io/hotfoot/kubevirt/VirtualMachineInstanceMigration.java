package io.hotfoot.kubevirt;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** One migration of one VM. */
@Group("kubevirt.io")
@Version("v1")
@Kind("VirtualMachineInstanceMigration")
@Plural("virtualmachineinstancemigrations")
public class VirtualMachineInstanceMigration
    extends CustomResource<
        VirtualMachineInstanceMigrationSpec, VirtualMachineInstanceMigrationStatus>
    implements Namespaced {

  /** Null until virt-controller has seen it. */
  public String phase() {
    return getStatus() == null ? null : getStatus().phase();
  }

  public boolean hasSucceeded() {
    return "Succeeded".equals(phase());
  }

  public boolean hasFailed() {
    return "Failed".equals(phase());
  }

  public boolean hasEnded() {
    return hasSucceeded() || hasFailed();
  }
}
