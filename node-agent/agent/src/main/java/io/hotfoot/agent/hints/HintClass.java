package io.hotfoot.agent.hints;

/** What a section of a hint set holds; docs/hint-format.md describes each class. */
public enum HintClass {
  HOT,
  KERNEL,
  CACHE,
  HUGE,
  OTHER;

  /** The class of this number, 1 to 5. */
  static HintClass of(int number, String where) throws HintFormatException {
    if (number < 1 || number > values().length) {
      throw new HintFormatException(
          "class", where + " is of class " + number + ", expected 1 to " + values().length);
    }
    return values()[number - 1];
  }

  /** The name in docs/hint-format.md. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Memory that processes own but did not touch of late comes soon enough by itself. */
  public boolean pulled() {
    return this != OTHER;
  }
}
