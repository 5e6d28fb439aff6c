package io.hotfoot.kubevirt;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;

/**
 * @param completionTimeoutPerGiB seconds for each GiB of the guest's memory after which
 *     virt-launcher itself starts post-copy
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MigrationPolicySpec(
    Boolean allowPostCopy,
    Boolean allowWorkloadDisruption,
    Integer completionTimeoutPerGiB,
    Selectors selectors) {

  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Selectors(Map<String, String> virtualMachineInstanceSelector) {}
}
