package io.hotfoot.operator.phase;

import io.hotfoot.operator.eviction.Eviction;

/**
 * Does one turn of work in one phase, from the cluster's state and the agents' reports. A turn may
 * be cut off anywhere and is then done again, so all that it does can be done twice.
 */
interface PhaseHandler {
  Step proceed(Eviction eviction);
}
