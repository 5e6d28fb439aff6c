package io.hotfoot.agent.hints;

import java.io.IOException;

/** There are no hints from this source. The message says why and what to do. */
public final class NoHintsException extends IOException {
  private static final long serialVersionUID = 1;
  private final boolean late;

  private NoHintsException(String message, boolean late) {
    super(message);
    this.late = late;
  }

  /** There will be none until something is changed. */
  static NoHintsException unable(String message) {
    return new NoHintsException(message, false);
  }

  /** They did not come in time. */
  static NoHintsException late(String message) {
    return new NoHintsException(message, true);
  }

  public boolean isLate() {
    return late;
  }
}
