package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlanStatus(
    @JsonPropertyDescription(
            "HintedFirst: QEMU's stream is held back until the hinted pages are there. Streamed: it"
                + " is not, since it brings all memory about as soon as the hinted pages could be"
                + " asked for one by one, or sooner.")
        Order order,
    @JsonPropertyDescription(
            "How fast QEMU's stream was just before the switch, bytes a second; pages that are"
                + " empty count in full.")
        Long streamBytesPerSecond,
    @JsonPropertyDescription(
            "Foreseen at the switch: time until the hinted pages are there if they go first, ms.")
        Integer hintedFirstMilliseconds,
    @JsonPropertyDescription(
            "Foreseen at the switch: time until all memory is there if nothing is held back, ms.")
        Integer streamedMilliseconds,
    @JsonPropertyDescription(
            "What happened: time from the switch until the hinted pages were there (HintedFirst) or"
                + " all memory was (Streamed), ms.")
        Integer tookMilliseconds) {

  public enum Order {
    HintedFirst,
    Streamed
  }
}
