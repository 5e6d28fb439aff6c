package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

@JsonInclude(JsonInclude.Include.NON_NULL)
public class TimingStatus {
  @JsonPropertyDescription("When the eviction was asked for.")
  public Instant requested;

  @JsonPropertyDescription("When all checks had passed and the migration was being set up.")
  public Instant started;

  @JsonPropertyDescription("When the guest began to run on the target node.")
  public Instant executionTransferred;

  @JsonPropertyDescription(
      "When QEMU's own stream was let run at full speed; absent where it was not held back.")
  public Instant throttleLifted;

  @JsonPropertyDescription("When all hot pages were on the target node.")
  public Instant workingSetResident;

  @JsonPropertyDescription("When the eviction had ended, well or not.")
  public Instant completed;
}
