package io.hotfoot.lab.chaos;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import java.io.IOException;
import java.util.Set;

/**
 * Something that goes wrong.
 *
 * @param name as results.json has it
 * @param harm what it may cost the guest
 * @param steps in which it can be injected
 * @param lastsMs how long it lasts, ms; 0: some seconds, by the seed
 * @param act does it
 */
record Fault(String name, Harm harm, Set<EvictionPhase> steps, int lastsMs, Act act) {

  enum Harm {
    /** The guest must live on. */
    NONE,
    /** It may be lost if its memory is on two nodes when this happens. */
    BREAKS_POST_COPY,
    /** The fault itself is the end of what the guest has in memory. */
    ENDS_GUEST
  }

  @FunctionalInterface
  interface Act {
    /**
     * Begins.
     *
     * @return what ends it; {@link Undo#NOTHING} where it is over at once
     */
    Undo begin(Scene scene) throws IOException;
  }

  @FunctionalInterface
  interface Undo {
    Undo NOTHING = () -> {};

    void end() throws IOException;
  }

  Fault(String name, Harm harm, Set<EvictionPhase> steps, Act act) {
    this(name, harm, steps, 0, act);
  }

  Fault lasting(int seconds) {
    return new Fault(name, harm, steps, seconds * 1000, act);
  }

  /**
   * @param moved whether execution had moved
   */
  boolean mayLoseGuest(boolean moved) {
    return harm == Harm.ENDS_GUEST || (harm == Harm.BREAKS_POST_COPY && moved);
  }
}
