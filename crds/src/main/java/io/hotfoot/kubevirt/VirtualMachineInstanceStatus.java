package io.hotfoot.kubevirt;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;

/**
 * @param activePods the node of each virt-launcher pod of the VM, by the pod's UID
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record VirtualMachineInstanceStatus(
    String phase,
    String nodeName,
    List<VirtualMachineInstanceCondition> conditions,
    Memory memory,
    MigrationState migrationState,
    Map<String, String> activePods) {

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Memory(Quantity guestCurrent) {}
}
