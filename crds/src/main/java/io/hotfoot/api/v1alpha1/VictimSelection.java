package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.Map;

@JsonInclude(JsonInclude.Include.NON_NULL)
public record VictimSelection(
    @Size(max = 32)
        @JsonPropertyDescription(
            "Labels that a VirtualMachineInstance must have to be evicted by this policy. Absent:"
                + " any. One that is labelled eviction.hotfoot.io/protected never is. At most 32.")
        Map<String, String> vmiSelector) {}
