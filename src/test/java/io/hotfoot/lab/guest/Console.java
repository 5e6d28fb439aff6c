package io.hotfoot.lab.guest;

import io.hotfoot.lab.guest.Throughput.Reading;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Lines of a guest's serial console, as `kubectl logs --timestamps` gives them. */
final class Console {
  private static final Pattern WORK = Pattern.compile("(\\S+) W (\\d{1,15}) (\\d{1,18})");

  private Console() {}

  /** Empty where the line is not the workload's, or was garbled. */
  static Optional<Reading> reading(String line) {
    var match = WORK.matcher(line.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Reading(
              Instant.parse(match.group(1)).toEpochMilli(),
              Long.parseLong(match.group(2)),
              Long.parseLong(match.group(3))));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Does the line say that guest agent, collector and workload run? */
  static boolean saysReady(String line) {
    return line.strip().endsWith(" READY");
  }
}
