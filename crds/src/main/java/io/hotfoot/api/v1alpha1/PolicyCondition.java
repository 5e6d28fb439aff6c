package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.time.Instant;

public record PolicyCondition(
    @Required @JsonPropertyDescription("What the condition is about.") Type type,
    @Required @JsonPropertyDescription("Whether it holds.") EvictionCondition.Status status,
    @Required @JsonPropertyDescription("Why, as a word from a closed list.") Reason reason,
    @Required @JsonPropertyDescription("Why, for people, and what to do about it.") String message,
    @Required @JsonPropertyDescription("When status last changed.") Instant lastTransitionTime) {

  public enum Type {
    Watching,
    CountingVmStalls
  }

  public enum Reason {
    AllNodes,
    SomeNodes,
    NoNodes,
    AllVms,
    SomeVms
  }
}
