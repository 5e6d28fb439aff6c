package io.hotfoot.operator.metrics;

import java.util.Locale;

/** By what a metric is told apart. */
public enum Label {
  OUTCOME("Succeeded, Failed or Aborted"),
  MODE("what was asked for: Enlightened, PostCopy or PreCopy"),
  RUNG("how it was really done: GuestHints, HostHints, PostCopy (no hints) or PreCopy"),
  REASON("of the condition Completed"),
  STEP(
      "wait: until it began; switch: from there until the guest ran on the target; working_set:"
          + " from the switch until the hot pages were there; drain: from the switch until all"
          + " memory was there; all: from the request to the end"),
  ORDER("of status.plan: HintedFirst or Streamed"),
  SOURCE("of the hints: Guest or Host"),
  PHASE("Pending, Preparing, Migrating, PostCopy or Draining"),
  POLICY("the NodePressurePolicy"),
  NODE("the node"),
  DECISION("Evicted, WouldEvict, Waiting, NothingGood, CalledOff or Stopped"),
  VERSION("of the operator");

  private final String meaning;

  Label(String meaning) {
    this.meaning = meaning;
  }

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  public String meaning() {
    return meaning;
  }
}
