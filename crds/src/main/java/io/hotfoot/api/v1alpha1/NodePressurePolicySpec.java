package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;

@JsonClassDescription("When a node counts as pressed, which VM then leaves it, and how often.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodePressurePolicySpec(
    @Size(max = 32)
        @JsonPropertyDescription(
            "Labels of the nodes that this policy relieves. Absent: all that run VMs. Where several"
                + " policies name a node, the oldest has it. At most 32.")
        Map<String, String> nodeSelector,
    @Required
        @Size(min = 1, max = 8)
        @JsonPropertyDescription("A node is pressed while any of these holds; 1 to 8.")
        List<PressureTrigger> triggers,
    @Default("{}") @JsonPropertyDescription("Which VMs may be evicted.") VictimSelection victims,
    @Default("{}") @JsonPropertyDescription("What a node must have left to receive a VM.")
        TargetHeadroom target,
    @Default("{}") @JsonPropertyDescription("How often VMs may be evicted.") EvictionBudget budget,
    @Default("DryRun")
        @JsonPropertyDescription(
            "DryRun: the status tells what would be evicted. Enforce: it is evicted.")
        Enforcement enforcement,
    @Default("false")
        @JsonPropertyDescription(
            "true, with Enforce: a migration that somebody else starts for a VM of these nodes, as"
                + " KubeVirt does after kubectl drain, becomes an eviction by Hotfoot. Such VMs"
                + " may then migrate by post-copy at any time, so all nodes must allow it. Those"
                + " that victims excludes, protected ones, and those with a host device or without"
                + " a CPU limit keep their ordinary migration.")
        boolean adopt) {}
