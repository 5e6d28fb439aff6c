package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.EvictionMode;

/** One thing that must hold before a VM is touched. */
public interface Check {
  Verdict examine(Situation situation);

  default boolean appliesTo(EvictionMode mode) {
    return true;
  }

  /** One that matters only where execution moves before memory. */
  interface ForPostCopy extends Check {
    @Override
    default boolean appliesTo(EvictionMode mode) {
      return mode.isPostCopy();
    }
  }
}
