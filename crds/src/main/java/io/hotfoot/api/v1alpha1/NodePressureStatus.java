package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.time.Instant;

@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodePressureStatus(
    @Required @JsonPropertyDescription("The node.") String node,
    @Required @JsonPropertyDescription("Whether a trigger holds there.") Boolean pressed,
    @JsonPropertyDescription("By what it was pressed when this was decided, for people.")
        String pressure,
    @JsonPropertyDescription("What was decided last.") Outcome outcome,
    @JsonPropertyDescription("When that was.") Instant decided,
    @JsonPropertyDescription("The VM that left or would leave, as namespace/name.") String vm,
    @JsonPropertyDescription("Name of the VMEviction, in the VM's namespace.") String eviction,
    @JsonPropertyDescription("Why, for people: each VM's score, or why it stays.") String message) {

  public enum Outcome {
    Evicted,
    WouldEvict,
    Waiting,
    NothingGood,
    Stopped,
    CalledOff
  }
}
