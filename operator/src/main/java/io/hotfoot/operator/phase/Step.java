package io.hotfoot.operator.phase;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import java.time.Duration;

/** What a phase wants next. */
public sealed interface Step {
  /** How often a running eviction is looked at when nothing calls for it. */
  Stay TICK = new Stay(Duration.ofMillis(500));

  /** Nothing more will happen. */
  Step REST = new Stay(null);

  /**
   * @param again when to look again without being called; null: never
   */
  record Stay(Duration again) implements Step {}

  /**
   * @param after null: in the same turn
   */
  record Go(EvictionPhase phase, Duration after) implements Step {
    static Go to(EvictionPhase phase) {
      return new Go(phase, null);
    }

    /** In a turn of its own, before which the eviction's object can be made ready for it. */
    static Go next(EvictionPhase phase) {
      return new Go(phase, Duration.ZERO);
    }

    static Go later(EvictionPhase phase) {
      return new Go(phase, Duration.ofSeconds(2));
    }
  }

  /**
   * The eviction has ended.
   *
   * @param as one of the final phases
   */
  record End(EvictionPhase as, Reason reason, String message) implements Step {
    static End failed(Reason reason, String message) {
      return new End(EvictionPhase.Failed, reason, message);
    }
  }
}
