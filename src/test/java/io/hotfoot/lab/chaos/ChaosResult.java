package io.hotfoot.lab.chaos;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.ArrayList;
import java.util.List;

/**
 * One run, as results.json has it.
 *
 * @param step the phase in which the fault began
 * @param outcome the eviction's final phase and its reason: Failed/GuestLost
 * @param message in the eviction's own words
 * @param guest alive or lost
 * @param lostAllowed whether post-copy's semantics, or the fault itself, let no guest live
 * @param leftBehind what should have gone
 * @param wrong all else that did not hold
 * @param seconds from the request to the eviction's end
 */
@JsonNaming(SnakeCaseStrategy.class)
record ChaosResult(
    String fault,
    String step,
    String outcome,
    String message,
    Fate guest,
    boolean lostAllowed,
    List<String> leftBehind,
    List<String> wrong,
    double seconds,
    long seed) {

  enum Fate {
    alive,
    lost
  }

  ChaosResult withWrong(List<String> more) {
    var all = new ArrayList<>(wrong);
    all.addAll(more);
    return new ChaosResult(
        fault, step, outcome, message, guest, lostAllowed, leftBehind, all, seconds, seed);
  }

  @JsonIgnore
  boolean holds() {
    return leftBehind.isEmpty() && wrong.isEmpty() && (guest == Fate.alive || lostAllowed);
  }
}
