package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;

@JsonInclude(JsonInclude.Include.NON_NULL)
public record VictimSelection(
    @Size(max = 32)
        @JsonPropertyDescription(
            "Labels that a VirtualMachineInstance must have to be evicted by this policy. Absent:"
                + " any. One that is labelled eviction.hotfoot.io/protected never is. At most 32.")
        Map<String, String> vmiSelector,
    @Size(max = 32)
        @JsonPropertyDescription(
            "VMs with one of these priority classes (spec.priorityClassName) are not evicted by this"
                + " policy. At most 32.")
        List<@Size(min = 1, max = 253) String> protectedPriorityClasses,
    @JsonPropertyDescription("How many VMs of a group are left alone at any time. Absent: any.")
        GroupMinimum minUndisturbed) {

  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record GroupMinimum(
      @Required
          @Size(min = 1, max = 317)
          @JsonPropertyDescription(
              "A label's key. VMs of one namespace that have the same value of it are a group; those"
                  + " without it are in none.")
          String groupLabel,
      @Required
          @Min(1)
          @Max(1000)
          @JsonPropertyDescription(
              "Of each group so many running VMs are not migrating at any time; 1 to 1000.")
          Integer count) {}
}
