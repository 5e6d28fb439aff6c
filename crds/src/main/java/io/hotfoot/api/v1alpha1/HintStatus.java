package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Map;

@JsonInclude(JsonInclude.Include.NON_NULL)
public record HintStatus(
    @JsonPropertyDescription("Guest, Host, or None where no hints could be had.")
        Hints.Source source,
    @JsonPropertyDescription("Pages of 4096 bytes that are pulled ahead of the rest.") Long pages,
    @JsonPropertyDescription("The same in bytes.") Long bytes,
    @JsonPropertyDescription("Pages of each class.") Map<String, Long> classes,
    @JsonPropertyDescription("How long collecting took, ms.") Integer collectedMilliseconds) {

  public static final int PAGE_BYTES = 4096;
}
