package io.hotfoot.agent.libvirt;

/** A domain's state with its reason, as far as post-copy is concerned. */
public enum DomainState {
  RUNNING,
  /** Execution has moved away; memory still drains. */
  POSTCOPY,
  /** Post-copy has lost its link. */
  POSTCOPY_FAILED,
  OTHER;

  private static final int STATE_RUNNING = 1;
  private static final int STATE_PAUSED = 3;
  private static final int REASON_POSTCOPY = 12;
  private static final int REASON_POSTCOPY_FAILED = 13;

  static DomainState of(int state, int reason) {
    if (state == STATE_RUNNING) {
      return RUNNING;
    }
    if (state == STATE_PAUSED && reason == REASON_POSTCOPY) {
      return POSTCOPY;
    }
    if (state == STATE_PAUSED && reason == REASON_POSTCOPY_FAILED) {
      return POSTCOPY_FAILED;
    }
    return OTHER;
  }
}
