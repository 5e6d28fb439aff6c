package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

@JsonInclude(JsonInclude.Include.NON_NULL)
public record TransferStatus(
    @Min(0)
        @Max(100)
        @JsonPropertyDescription("Share of the hot pages that are on the target node, percent.")
        Integer hotPercent,
    @Min(0)
        @Max(100)
        @JsonPropertyDescription("Share of the guest's memory that has been moved, percent.")
        Integer totalPercent,
    @JsonPropertyDescription(
            "Hinted pages of 4096 bytes that were on the target node when it was last seen to"
                + " pull.")
        Long pulledPages,
    @JsonPropertyDescription(
            "Pages that the target asked the source for: the guest's own faults and pulls"
                + " together.")
        Long remoteFaults,
    @Min(0)
        @Max(100)
        @JsonPropertyDescription(
            "Share of the remote faults that no hint named, at least, percent: how good the hints"
                + " were, 0 being best. Set at the end of an eviction by hints.")
        Integer missedPercent,
    @JsonPropertyDescription("How long the guest stood still when execution moved, ms.")
        Integer downtimeMilliseconds) {}
