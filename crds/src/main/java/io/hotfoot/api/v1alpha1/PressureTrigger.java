package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

@ValidationRule(
    value =
        "[has(self.thresholdPercent), has(self.availableBelow), has(self.kubeletMargin),"
            + " has(self.swapInAbove)].filter(given, given).size() == 1",
    message = "give one of thresholdPercent, availableBelow, kubeletMargin and swapInAbove")
@ValidationRule(
    value = "has(self.thresholdPercent) || self.resource == 'memory'",
    message = "availableBelow, kubeletMargin and swapInAbove are for the resource memory only")
@ValidationRule(
    value = "self.resource != 'cpu' || self.stall != 'Full'",
    message = "a whole node's cpu has no Full: use Some")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PressureTrigger(
    @Required @JsonPropertyDescription("What is short.") Resource resource,
    @Default("Some")
        @JsonPropertyDescription(
            "Some: time in which at least one task waited. Full: time in which all tasks that had"
                + " work waited at once. As the kernel's pressure stall information counts them.")
        Stall stall,
    @Min(1)
        @Max(100)
        @JsonPropertyDescription(
            "The node is pressed when this share of the window, in percent, was lost to waiting.")
        Integer thresholdPercent,
    @Default("10s")
        @Pattern("^[0-9]{1,3}(s|m)$")
        @ValidationRule(
            value = "duration(self) >= duration('1s') && duration(self) <= duration('10m')",
            message = "must be from 1s to 10m")
        @JsonPropertyDescription("The time looked at, as in 10s; 1s to 10m.")
        String window,
    @JsonPropertyDescription(
            "The node is pressed when less memory than this is available to programs (the"
                + " kernel's MemAvailable), as in 2Gi.")
        Quantity availableBelow,
    @JsonPropertyDescription(
            "The node is pressed when less memory than this is left until its kubelet would itself"
                + " evict pods, and so kill guests: what kubelet counts as available, less the"
                + " memory.available of its evictionHard and evictionSoft, as in 1Gi. The agent"
                + " reads these in kubelet's configuration.")
        Quantity kubeletMargin,
    @JsonPropertyDescription(
            "The node is pressed when it reads back more than this from swap, bytes a second over"
                + " the window, as in 10Mi.")
        Quantity swapInAbove) {

  /** Named as Kubernetes names resources. */
  public enum Resource {
    cpu,
    memory,
    io
  }

  public enum Stall {
    Some,
    Full
  }
}
