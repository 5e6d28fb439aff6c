package io.hotfoot.operator.steering;

import io.grpc.Status;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Launchers;
import io.hotfoot.operator.kubevirt.Vms;

/** Names the VM of an eviction to the source's agent. */
public class SourceVm {
  private final Vms vms;
  private final Launchers launchers;

  public SourceVm(Vms vms, Launchers launchers) {
    this.vms = vms;
    this.launchers = launchers;
  }

  /**
   * @throws AgentException NOT_FOUND if the VM or its pod is gone
   */
  public VmRef ref(Eviction eviction) {
    String node = eviction.status().sourceNode;
    return vms.find(eviction.namespace(), eviction.spec().vmiName())
        .flatMap(vm -> launchers.running(vm, node))
        .orElseThrow(
            () ->
                new AgentException(
                    Status.Code.NOT_FOUND, "no virt-launcher pod of the VM runs on " + node));
  }
}
