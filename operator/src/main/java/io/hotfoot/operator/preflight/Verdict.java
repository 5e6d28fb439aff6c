package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Reason;

/** What a check found. Messages name the cause and what to do. */
public sealed interface Verdict {
  Verdict PASS = new Pass();

  record Pass() implements Verdict {}

  /** May change by itself: the eviction waits, until its deadline. */
  record Wait(Reason reason, String message) implements Verdict {}

  /** Will not change: the eviction fails. */
  record Refuse(Reason reason, String message) implements Verdict {}

  /** The eviction goes on, in a lower mode. */
  record StepDown(EvictionMode to, Reason reason, String message) implements Verdict {}
}
