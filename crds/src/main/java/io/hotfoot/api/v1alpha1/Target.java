package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.Map;

public record Target(
    @Size(max = 32)
        @JsonPropertyDescription(
            "Labels that the target node must have, beside what the VM itself asks for. At most 32.")
        Map<String, String> nodeSelector) {}
