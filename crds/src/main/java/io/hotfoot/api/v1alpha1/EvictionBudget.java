package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.ValidationRule;

public record EvictionBudget(
    @Default("1")
        @Min(1)
        @Max(10)
        @JsonPropertyDescription(
            "Evictions that may run from one node at once, those that people asked for counted in.")
        Integer atOncePerNode,
    @Default("2")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
            "Evictions that may run in the cluster at once, those that people asked for counted"
                + " in.")
        Integer atOncePerCluster,
    @Default("10")
        @Min(1)
        @Max(1000)
        @JsonPropertyDescription("Evictions that this policy may begin within an hour.")
        Integer perHour,
    @Default("30m")
        @Pattern("^[0-9]{1,4}(s|m|h)$")
        @ValidationRule(
            value = "duration(self) >= duration('1s') && duration(self) <= duration('24h')",
            message = "must be from 1s to 24h")
        @JsonPropertyDescription(
            "A VM that was evicted stays where it is for so long; 1s to 24h. Keeps VMs from being"
                + " sent back and forth.")
        String vmCoolDown,
    @Default("1m")
        @Pattern("^[0-9]{1,4}(s|m|h)$")
        @ValidationRule(
            value = "duration(self) >= duration('1s') && duration(self) <= duration('24h')",
            message = "must be from 1s to 24h")
        @JsonPropertyDescription(
            "So long after an eviction from a node has ended, none other from it begins: what has"
                + " left is given time to help; 1s to 24h.")
        String nodeCoolDown,
    @Default("10m")
        @Pattern("^[0-9]{1,4}(s|m|h)$")
        @ValidationRule(
            value = "duration(self) >= duration('1s') && duration(self) <= duration('24h')",
            message = "must be from 1s to 24h")
        @JsonPropertyDescription(
            "For so long, all VMs together, the policy's evictions may disturb guests within an hour:"
                + " from the move of execution until the hot pages are there, or all memory where"
                + " these are not known; 1s to 24h.")
        String disturbedPerHour) {}
