package io.hotfoot.lab.guest;

import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One of libvirt's events for a VM, as `virsh event --timestamp` prints it.
 *
 * @param pod the launcher pod whose libvirt said so
 * @param wallMs when, by the clock of that pod's node, ms since 1970
 * @param name lifecycle, migration-iteration, job-completed, …
 * @param detail for lifecycle what happened and why: "Suspended Post-copy"
 */
public record DomainEvent(String pod, long wallMs, String name, String detail) {
  private static final Pattern LINE =
      Pattern.compile("(\\S+ \\S+?): event '([^']+)' for domain '[^']*':? ?(.*)");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSxx");

  /** Empty where the line is no event's first line. */
  public static Optional<DomainEvent> parse(String pod, String line) {
    var match = LINE.matcher(line.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    long wallMs = OffsetDateTime.parse(match.group(1), TIME).toInstant().toEpochMilli();
    return Optional.of(new DomainEvent(pod, wallMs, match.group(2), match.group(3)));
  }

  public boolean isIteration() {
    return name.equals("migration-iteration");
  }

  /** The source has done its part: the domain is gone there, or its job is. */
  public boolean isEnd() {
    return name.equals("job-completed") || isLifecycle("Stopped");
  }

  public boolean isLifecycle(String what) {
    return name.equals("lifecycle") && detail.startsWith(what);
  }
}
