package io.hotfoot.kubevirt;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;

@JsonIgnoreProperties(ignoreUnknown = true)
public record VirtualMachineInstanceStatus(
    String phase,
    String nodeName,
    List<VirtualMachineInstanceCondition> conditions,
    Memory memory,
    MigrationState migrationState) {

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Memory(Quantity guestCurrent) {}
}
