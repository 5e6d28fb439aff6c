package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.ValidationRule;

public record Hints(
    @Default("Auto")
        @JsonPropertyDescription(
            "Auto: the best source that answers in time. Guest: the collector in the guest, now or"
                + " while its node was calm. Host:"
                + " the node looks at QEMU's own memory mapping. None: no hints.")
        Source source,
    @Pattern("^[0-9]{1,4}ms$")
        @ValidationRule(
            value = "duration(self) >= duration('5ms') && duration(self) <= duration('1000ms')",
            message = "must be from 5ms to 1000ms")
        @JsonPropertyDescription(
            "Length of one observation window, in milliseconds, as in 20ms; 5ms to 1000ms. Absent:"
                + " the collector's own choice.")
        String window) {
  public enum Source {
    Auto,
    Guest,
    Host,
    None
  }
}
