package io.hotfoot.kubevirt;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

@JsonIgnoreProperties(ignoreUnknown = true)
public record VirtualMachineInstanceStatus(
    String phase,
    String nodeName,
    List<VirtualMachineInstanceCondition> conditions,
    MigrationState migrationState) {}
