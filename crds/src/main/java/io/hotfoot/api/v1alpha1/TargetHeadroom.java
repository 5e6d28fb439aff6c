package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.Map;

@JsonInclude(JsonInclude.Include.NON_NULL)
public record TargetHeadroom(
    @Size(max = 32)
        @JsonPropertyDescription("Labels that a node must have to receive a VM. At most 32.")
        Map<String, String> nodeSelector,
    @Default("20")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
            "A node that itself loses more than this to waiting, in percent by any of the triggers,"
                + " receives none.")
        Integer maxPressurePercent,
    @Default("10")
        @Min(0)
        @Max(90)
        @JsonPropertyDescription(
            "So much of the node's memory must remain available once the VM, and all that are on"
                + " their way to it, are there; percent.")
        Integer availableMemoryPercent) {}
