package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

@JsonClassDescription("What to evict and how. Cannot be changed, but for abort.")
@ValidationRule(
    value =
        "self.vmiName == oldSelf.vmiName && self.mode == oldSelf.mode"
            + " && self.hints == oldSelf.hints && self.deadline == oldSelf.deadline"
            + " && self.priority == oldSelf.priority"
            + " && has(self.target) == has(oldSelf.target)"
            + " && (!has(self.target) || self.target == oldSelf.target)"
            + " && has(self.ttlSecondsAfterFinished) == has(oldSelf.ttlSecondsAfterFinished)"
            + " && (!has(self.ttlSecondsAfterFinished)"
            + " || self.ttlSecondsAfterFinished == oldSelf.ttlSecondsAfterFinished)"
            + " && has(self.reason) == has(oldSelf.reason)"
            + " && (!has(self.reason) || self.reason == oldSelf.reason)"
            + " && has(self.requestedBy) == has(oldSelf.requestedBy)"
            + " && (!has(self.requestedBy) || self.requestedBy == oldSelf.requestedBy)",
    message = "only abort can be changed: delete this VMEviction and create another")
@ValidationRule(
    value = "!oldSelf.abort || self.abort",
    message = "an abort cannot be taken back: create another VMEviction")
public record VMEvictionSpec(
    @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription(
            "Name of the VirtualMachineInstance to evict, in this object's namespace.")
        String vmiName,
    @Default("Enlightened")
        @JsonPropertyDescription(
            "Enlightened: execution moves at once and the pages that the guest is about to need"
                + " follow first. PostCopy: execution moves at once, memory follows in QEMU's own"
                + " order. PreCopy: KubeVirt's ordinary live migration. While memory follows"
                + " execution, the guest is lost if either node or the link between them fails.")
        EvictionMode mode,
    @JsonPropertyDescription("Where the VM may go. Absent: wherever the scheduler puts it.")
        Target target,
    @Default("{}") @JsonPropertyDescription("How to learn which pages are hot.") Hints hints,
    @Default("10m")
        @Pattern("^[0-9]{1,5}(s|m|h)$")
        @ValidationRule(
            value = "duration(self) >= duration('1s') && duration(self) <= duration('24h')",
            message = "must be from 1s to 24h")
        @JsonPropertyDescription(
            "How long the eviction may take, from this object's creation, as a number with a unit:"
                + " s, m or h; 1s to 24h. If it is over before execution has moved, the eviction"
                + " fails and the VM stays where it is; after that it is only reported, since the"
                + " guest would be lost.")
        String deadline,
    @Default("0")
        @Min(-1000)
        @Max(1000)
        @JsonPropertyDescription(
            "Where several evictions wait for room under KubeVirt's migration limits, the one with"
                + " the highest number goes first; -1000 to 1000.")
        int priority,
    @Default("false")
        @JsonPropertyDescription(
            "Set to true to call the eviction off. Has no effect once execution has moved. Cannot"
                + " be set back.")
        boolean abort,
    @Min(0)
        @JsonPropertyDescription(
            "Deletes this object so many seconds after the eviction has ended. Absent: it is"
                + " kept.")
        Integer ttlSecondsAfterFinished,
    @Size(max = 1024)
        @JsonPropertyDescription("Why the VM is evicted, for people to read; 1024 characters.")
        String reason,
    @Size(max = 253) @JsonPropertyDescription("Who asked, for people to read; 253 characters.")
        String requestedBy) {}
