package io.hotfoot.kubevirt;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

@JsonIgnoreProperties(ignoreUnknown = true)
public record VirtualMachineInstanceMigrationStatus(String phase, MigrationState migrationState) {}
