package io.hotfoot.operator.eviction;

import java.time.Duration;

/** Durations as the API writes them: a number and ms, s, m or h. */
public final class Durations {
  private Durations() {}

  /**
   * @throws IllegalArgumentException on anything else, which the CRD's schema lets nobody write
   */
  public static Duration parse(String text) {
    String unit = text.replaceFirst("^[0-9]+", "");
    long count = Long.parseLong(text.substring(0, text.length() - unit.length()));
    return switch (unit) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> throw new IllegalArgumentException("not a duration: " + text);
    };
  }
}
