package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

@JsonClassDescription("What the policy sees and has decided, written by the operator alone.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public class NodePressurePolicyStatus {
  @JsonPropertyDescription("The generation of the spec that this status answers to.")
  public Long observedGeneration;

  @JsonPropertyDescription("Nodes whose agents report their pressure to this policy.")
  public Integer nodesWatched;

  @JsonPropertyDescription("How many of them are pressed.")
  public Integer nodesPressed;

  @JsonPropertyDescription("When this policy last had a VM evicted.")
  public Instant lastEviction;

  @JsonPropertyDescription("Whether the policy can do its work.")
  public List<PolicyCondition> conditions = new ArrayList<>();

  @JsonPropertyDescription(
      "The nodes that are pressed, and those where something was decided within the last hour. At"
          + " most 100.")
  public List<NodePressureStatus> nodes = new ArrayList<>();
}
