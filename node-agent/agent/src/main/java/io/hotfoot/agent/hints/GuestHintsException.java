package io.hotfoot.agent.hints;

import java.io.IOException;

/** The guest gave no hints. The message says why and what to do in the guest. */
public final class GuestHintsException extends IOException {
  private static final long serialVersionUID = 1;
  private final boolean late;

  private GuestHintsException(String message, boolean late) {
    super(message);
    this.late = late;
  }

  /** The guest cannot give hints until something is changed. */
  static GuestHintsException unable(String message) {
    return new GuestHintsException(message, false);
  }

  /** The guest did not answer in time. */
  static GuestHintsException late(String message) {
    return new GuestHintsException(message, true);
  }

  public boolean isLate() {
    return late;
  }
}
