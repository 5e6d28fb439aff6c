package io.hotfoot.agent.grpc;

import io.hotfoot.agent.Eviction;
import io.hotfoot.agent.Evictions;
import io.hotfoot.agent.v1.EvictionReport;
import io.smallrye.mutiny.Multi;
import java.time.Duration;

/**
 * The reports on one eviction for one caller: at once, at every change of state, five times a
 * second while numbers change, and every second at least.
 */
final class ReportStream {
  private static final Duration PROGRESS = Duration.ofMillis(200);
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private final Evictions evictions;
  private final String uid;
  private EvictionReport last;
  private long lastNanos;

  private ReportStream(Evictions evictions, String uid) {
    this.evictions = evictions;
    this.uid = uid;
  }

  static Multi<EvictionReport> of(Evictions evictions, String uid) {
    return Multi.createFrom()
        .deferred(
            () -> {
              ReportStream stream = new ReportStream(evictions, uid);
              Multi<String> ticks =
                  Multi.createFrom().ticks().every(PROGRESS).onOverflow().drop().map(t -> uid);
              Multi<String> changes = evictions.changes().filter(uid::equals);
              return Multi.createBy()
                  .merging()
                  .streams(ticks, changes)
                  .map(any -> stream.report())
                  .filter(stream::isNews);
            });
  }

  private EvictionReport report() {
    return evictions.find(uid).map(Eviction::report).orElseGet(EvictionReport::getDefaultInstance);
  }

  private boolean isNews(EvictionReport report) {
    long now = System.nanoTime();
    if (report.equals(last) && now - lastNanos < SILENCE.toNanos()) {
      return false;
    }
    last = report;
    lastNanos = now;
    return true;
  }
}
