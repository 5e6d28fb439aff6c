package io.hotfoot.kubevirt;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What KubeVirt tells of a VM's last migration, which may be an earlier one: compare migrationUid.
 * It lags: neither mode nor the VM's nodeName proves where the guest runs.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MigrationState(
    String migrationUid,
    String mode,
    String sourceNode,
    String targetNode,
    String startTimestamp,
    String migrationPolicyName,
    Boolean completed,
    Boolean failed,
    String failureReason) {}
