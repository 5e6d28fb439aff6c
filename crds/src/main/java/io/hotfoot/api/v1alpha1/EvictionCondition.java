package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

@JsonInclude(JsonInclude.Include.NON_NULL)
public record EvictionCondition(
    @Required @JsonPropertyDescription("What the condition is about.") Type type,
    @Required @JsonPropertyDescription("Whether it holds.") Status status,
    @Required @JsonPropertyDescription("Why, as a word from a closed list.") Reason reason,
    @Required
        @Size(max = 32768)
        @JsonPropertyDescription("Why, for people, and what to do about it.")
        String message,
    @Required @JsonPropertyDescription("When status last changed.") Instant lastTransitionTime,
    @JsonPropertyDescription("The generation of the spec that this was said of.")
        Long observedGeneration) {

  public enum Type {
    ReadyToEvict,
    HintsCollected,
    ExecutionTransferred,
    ServicesFollowed,
    WorkingSetResident,
    Completed
  }

  public enum Status {
    True,
    False,
    Unknown
  }
}
