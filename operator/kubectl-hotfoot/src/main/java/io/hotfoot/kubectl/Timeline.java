package io.hotfoot.kubectl;

import io.hotfoot.api.v1alpha1.TimingStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** The steps of an eviction as bars on one scale. */
final class Timeline {
  /** Characters that the whole time takes. */
  private static final int WIDTH = 50;

  private record Span(String name, Instant from, Instant to) {}

  private final Instant start;
  private final Instant end;
  private final List<Span> spans = new ArrayList<>();

  /**
   * @param now where a step goes on that has not ended
   */
  Timeline(TimingStatus timing, Instant now) {
    start = timing.requested;
    end = Objects.requireNonNullElse(timing.completed, now);
    add("waited", timing.requested, first(timing.started, end));
    add("prepared", timing.started, first(timing.executionTransferred, end));
    add("hot pages came", timing.executionTransferred, first(timing.workingSetResident, end));
    add("stream held back", timing.executionTransferred, timing.throttleLifted);
    add("rest came", first(timing.workingSetResident, timing.executionTransferred), end);
  }

  private static Instant first(Instant... of) {
    return Stream.of(of).filter(Objects::nonNull).findFirst().orElse(null);
  }

  private void add(String name, Instant from, Instant to) {
    if (from != null && to != null && !to.isBefore(from)) {
      spans.add(new Span(name, from, to));
    }
  }

  List<String> lines() {
    return spans.stream().map(this::line).toList();
  }

  private String line(Span span) {
    int begin = column(span.from());
    int length = Math.max(1, column(span.to()) - begin);
    return String.format(
        Locale.ROOT,
        "%-17s %7s │%s%s%s│",
        span.name(),
        seconds(Duration.between(span.from(), span.to())),
        " ".repeat(Math.min(begin, WIDTH - 1)),
        "█".repeat(Math.min(length, WIDTH - Math.min(begin, WIDTH - 1))),
        " ".repeat(Math.max(0, WIDTH - begin - length)));
  }

  private int column(Instant at) {
    long whole = Math.max(1, Duration.between(start, end).toMillis());
    return Math.clamp(Duration.between(start, at).toMillis() * WIDTH / whole, 0, WIDTH);
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
