package io.hotfoot.agent.hints;

import java.io.IOException;

/** A hint set breaks a rule of docs/hint-format.md. */
public final class HintFormatException extends IOException {
  private static final long serialVersionUID = 1;
  private final String field;

  /**
   * @param field the field at fault, as docs/hint-format.md names it
   * @param message what was found and what was expected
   */
  HintFormatException(String field, String message) {
    super("hint set: " + field + ": " + message);
    this.field = field;
  }

  public String field() {
    return field;
  }
}
