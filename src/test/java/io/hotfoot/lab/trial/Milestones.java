package io.hotfoot.lab.trial;

import io.hotfoot.lab.guest.DomainEvent;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads the moments of one migration from libvirt's events: the same rules for every way, and
 * nothing that only Hotfoot could tell.
 */
final class Milestones {
  private Milestones() {}

  /**
   * @param events of all launcher pods of the VM, in any order
   * @param requested wall clock, ms since 1970: what was before is not looked at
   * @param hotResident see {@link Moments}; null where there were no hints
   * @param served see {@link Moments}
   */
  static Moments of(List<DomainEvent> events, long requested, Long hotResident, Long served) {
    var job = first(events, requested, DomainEvent::isIteration);
    if (job == null) {
      return new Moments(requested, null, null, null, hotResident, null, served);
    }
    Predicate<DomainEvent> atSource = event -> event.pod().equals(job.pod());
    var stopped = first(events, job.wallMs(), atSource.and(e -> e.isLifecycle("Suspended")));
    var resumedAtSource =
        stopped == null
            ? null
            : first(events, stopped.wallMs(), atSource.and(e -> e.isLifecycle("Resumed")));
    boolean moved = stopped != null && resumedAtSource == null;
    var resumed =
        moved
            ? first(events, stopped.wallMs(), atSource.negate().and(e -> e.isLifecycle("Resumed")))
            : null;
    var ended = moved ? first(events, stopped.wallMs(), atSource.and(DomainEvent::isEnd)) : null;
    return new Moments(
        requested,
        job.wallMs(),
        moved ? Long.valueOf(stopped.wallMs()) : null,
        ms(resumed),
        hotResident,
        ms(ended),
        served);
  }

  private static DomainEvent first(
      List<DomainEvent> events, long fromMs, Predicate<DomainEvent> which) {
    return events.stream()
        .filter(event -> event.wallMs() >= fromMs)
        .filter(which)
        .min(Comparator.comparingLong(DomainEvent::wallMs))
        .orElse(null);
  }

  private static Long ms(DomainEvent event) {
    return event == null ? null : event.wallMs();
  }
}
