package io.hotfoot.lab.trial;

import static io.hotfoot.lab.trial.Figures.LEVEL_MS;
import static io.hotfoot.lab.trial.Figures.SETTLING_MS;

import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Terminal;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Throughput;
import io.hotfoot.lab.guest.Vmi;
import io.hotfoot.lab.move.Move;
import io.hotfoot.lab.pressure.Pressure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** One way, tried with a new guest: boot, warm up, leave, settle, check its memory. */
public final class Trial {
  private static final Duration WARM_UP = Duration.ofSeconds(90);
  private static final Duration SETTLE = Duration.ofMinutes(2);
  private static final double STEADY = 0.05;
  private static final long REFRESH_MS = 250;

  private final Cluster cluster;
  private final Vmi vmi;
  private final Way way;
  private final Terminal terminal;

  public Trial(Cluster cluster, Vmi vmi, Way way, Terminal terminal) {
    this.cluster = cluster;
    this.vmi = vmi;
    this.way = way;
    this.terminal = terminal;
  }

  /**
   * @param start makes the guest leave
   * @param limit how long it may take; then it is called off
   * @param pressure begins when the guest is asked to leave
   * @throws IOException if the guest did not arrive although it was not called off, or its memory
   *     has changed, or it fell silent
   */
  public Run run(Function<Guest, Move> start, Duration limit, Pressure pressure)
      throws IOException, InterruptedException {
    terminal.say("%n%s: %s", way.label(), way.description());
    terminal.live("boot", "  booting a guest of %d MiB".formatted(vmi.workload().memoryMib()));
    try (var guest = Guest.boot(cluster, vmi);
        var service = new GuestService(cluster.client(), guest)) {
      warmUp(guest);
      var run = leave(guest, service, start, limit, pressure.prepare());
      terminal.live("check", "  checking the guest's memory from inside");
      guest.requireMemoryUnchanged();
      terminal.say(
          "  %s; its memory is unchanged",
          run.moments().arrived()
              ? "arrived on " + guest.node()
              : "cut off, runs on " + guest.node());
      return run;
    }
  }

  private void warmUp(Guest guest) throws InterruptedException {
    long begun = System.currentTimeMillis();
    boolean steady =
        until(
            WARM_UP,
            () -> {
              terminal.live("warm", "  ready on %s, warming up".formatted(guest.node()));
              return isSteady(guest.throughput(), begun);
            });
    if (!steady) {
      terminal.say("  its throughput does not keep still: the figures will be rough");
    }
  }

  /** The last 5 s and the 5 s before them differ by less than 5 %. */
  private static boolean isSteady(Throughput throughput, long sinceMs) {
    if (throughput.isEmpty() || throughput.lastMs() - sinceMs < LEVEL_MS) {
      return false;
    }
    long last = throughput.lastMs();
    double now = throughput.rate(last - LEVEL_MS / 2, last);
    double before = throughput.rate(last - LEVEL_MS, last - LEVEL_MS / 2);
    return now > 0 && Math.abs(now - before) < STEADY * before;
  }

  private Run leave(
      Guest guest,
      GuestService service,
      Function<Guest, Move> start,
      Duration limit,
      Pressure.Onset pressure)
      throws IOException, InterruptedException {
    long requested = System.currentTimeMillis();
    double level = guest.throughput().rate(requested - LEVEL_MS, requested);
    pressure.begin();
    var move = start.apply(guest);
    try {
      boolean ended = follow(guest, move, requested, level, limit);
      if (!ended) {
        var cutOff = run(guest, service, move, requested);
        move.callOff();
        return cutOff;
      }
      var progress = move.progress();
      if (!progress.succeeded()) {
        throw new IOException("the VM did not arrive: " + progress.message());
      }
      return settle(guest, service, move, requested, level);
    } finally {
      if (move instanceof AutoCloseable closeable) {
        close(closeable);
      }
    }
  }

  private boolean follow(Guest guest, Move move, long requested, double level, Duration limit)
      throws InterruptedException {
    return until(
        limit,
        () -> {
          var progress = move.progress();
          long now = System.currentTimeMillis();
          terminal.live(
              progress.phase(),
              "  %5.1f s  %-15s hot %s  all %s  guest %s"
                  .formatted(
                      (now - requested) / 1000.0,
                      progress.phase(),
                      percent(progress.hotPercent()),
                      percent(progress.totalPercent()),
                      Sparkline.of(guest.throughput(), level, now)));
          return progress.ended();
        });
  }

  private Run settle(Guest guest, GuestService service, Move move, long requested, double level)
      throws IOException, InterruptedException {
    var moments = run(guest, service, move, requested).moments();
    if (!moments.arrived()) {
      throw new IOException("libvirt told of no switchover: " + moments);
    }
    long enough = moments.ended() + SETTLING_MS + LEVEL_MS;
    boolean settled =
        until(
            SETTLE,
            () -> {
              long now = System.currentTimeMillis();
              var throughput = guest.throughput();
              terminal.live("settle", "  settling  guest " + Sparkline.of(throughput, level, now));
              return throughput.lastMs() >= enough;
            });
    if (!settled) {
      throw new IOException("the guest fell silent on its new node");
    }
    return run(guest, service, move, requested);
  }

  private Run run(Guest guest, GuestService service, Move move, long requested) {
    var resident = move.hotResident();
    var moments =
        Milestones.of(
            guest.recording().events(),
            requested,
            resident == null ? null : resident.toEpochMilli(),
            service.leftMs());
    return new Run(way, moments, guest.throughput(), move.hints(), guest.latencies());
  }

  private static boolean until(Duration atMost, BooleanSupplier condition)
      throws InterruptedException {
    for (var end = Instant.now().plus(atMost); Instant.now().isBefore(end); ) {
      if (condition.getAsBoolean()) {
        return true;
      }
      Thread.sleep(REFRESH_MS);
    }
    return false;
  }

  private static String percent(Integer percent) {
    return percent == null ? "   –" : "%3d%%".formatted(percent);
  }

  private static void close(AutoCloseable closeable) throws IOException {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
