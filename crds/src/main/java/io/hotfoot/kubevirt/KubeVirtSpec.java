package io.hotfoot.kubevirt;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

@JsonIgnoreProperties(ignoreUnknown = true)
public record KubeVirtSpec(Configuration configuration) {

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Configuration(
      DeveloperConfiguration developerConfiguration, Migrations migrations) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record DeveloperConfiguration(List<String> featureGates) {}

  /** Null where the cluster keeps KubeVirt's defaults: 5 a cluster, 2 outbound a node. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Migrations(
      Integer parallelMigrationsPerCluster, Integer parallelOutboundMigrationsPerNode) {}
}
