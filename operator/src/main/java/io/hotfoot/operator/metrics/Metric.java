package io.hotfoot.operator.metrics;

import static io.hotfoot.operator.metrics.Label.DECISION;
import static io.hotfoot.operator.metrics.Label.MODE;
import static io.hotfoot.operator.metrics.Label.NODE;
import static io.hotfoot.operator.metrics.Label.ORDER;
import static io.hotfoot.operator.metrics.Label.OUTCOME;
import static io.hotfoot.operator.metrics.Label.PHASE;
import static io.hotfoot.operator.metrics.Label.POLICY;
import static io.hotfoot.operator.metrics.Label.REASON;
import static io.hotfoot.operator.metrics.Label.RUNG;
import static io.hotfoot.operator.metrics.Label.SOURCE;
import static io.hotfoot.operator.metrics.Label.STEP;
import static io.hotfoot.operator.metrics.Label.VERSION;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every metric of the operator's own, by the conventions of Prometheus. */
public enum Metric {
  EVICTIONS(Kind.COUNTER, "", "evictions that have ended", OUTCOME, MODE, RUNG, REASON),
  EVICTIONS_IN_PROGRESS(Kind.GAUGE, "", "VMEvictions in this phase now", PHASE),
  EVICTION_STEP(Kind.TIMER, "seconds", "how long each step took, of evictions that ended", STEP),
  EVICTION_TOOK(
      Kind.SUMMARY,
      "ratio",
      "what it took, by what was foreseen at the switch, until the hinted pages (HintedFirst) or all"
          + " memory (Streamed) were there; more than 1: longer",
      ORDER),
  GUEST_DOWNTIME(Kind.TIMER, "seconds", "how long guests stood still when execution moved"),
  THROTTLE(
      Kind.TIMER, "seconds", "how long QEMU's stream was held back for the sake of hinted pages"),
  HINT_COLLECTION(Kind.TIMER, "seconds", "how long taking hints took", SOURCE),
  HINTED(Kind.SUMMARY, "bytes", "memory that an eviction's hints named", SOURCE),
  PULLED(Kind.COUNTER, "bytes", "hinted memory that came ahead of the rest"),
  REMOTE_FAULTS(
      Kind.COUNTER, "", "pages that targets asked sources for, of evictions by hints: pulls too"),
  MISSED_FAULTS(
      Kind.COUNTER,
      "",
      "those of them that no hint named, at least: its share in hotfoot_remote_faults_total tells"
          + " how good hints are, 0 being best"),
  NODE_PRESSURE(
      Kind.GAUGE,
      "ratio",
      "the most that this node loses to waiting, by any trigger of the policy, 0 to 1; NaN while"
          + " its agent is silent",
      POLICY,
      NODE),
  NODE_MEMORY_AVAILABLE(
      Kind.GAUGE, "bytes", "memory of this node that is available to programs", POLICY, NODE),
  PRESSURE_DECISIONS(Kind.COUNTER, "", "decisions about pressed nodes", POLICY, DECISION),
  BUILD_INFO(Kind.GAUGE, "", "always 1", VERSION);

  /** How a metric counts, by Micrometer's words. */
  public enum Kind {
    COUNTER("counter"),
    GAUGE("gauge"),
    TIMER("histogram"),
    SUMMARY("histogram");

    private final String prometheus;

    Kind(String prometheus) {
      this.prometheus = prometheus;
    }

    public String prometheus() {
      return prometheus;
    }
  }

  private static final Duration[] SECONDS =
      IntStream.of(100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  /** From 1 MiB to 64 GiB. */
  private static final double[] BYTES =
      DoubleStream.iterate(1 << 20, it -> it <= 64.0 * (1 << 30), it -> it * 4).toArray();

  private static final double[] RATIOS = {0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4, 8};

  private final Kind kind;
  private final String unit;
  private final String meaning;
  private final List<Label> labels;

  Metric(Kind kind, String unit, String meaning, Label... labels) {
    this.kind = kind;
    this.unit = unit;
    this.meaning = meaning;
    this.labels = List.of(labels);
  }

  public Kind kind() {
    return kind;
  }

  public String meaning() {
    return meaning;
  }

  public List<Label> labels() {
    return labels;
  }

  /** As Micrometer has it: hotfoot.evictions. */
  public String meter() {
    return "hotfoot." + name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** As Prometheus reads it: hotfoot_evictions_total. */
  public String exposed() {
    return Stream.of(meter().replace('.', '_'), unit, kind == Kind.COUNTER ? "total" : "")
        .filter(it -> !it.isEmpty())
        .reduce((one, other) -> one + "_" + other)
        .orElseThrow();
  }

  /** The unit for Micrometer, which adds it to the name; null: none. */
  public String unit() {
    return unit.isEmpty() ? null : unit;
  }

  /**
   * @param values one for each label
   */
  public Counter counter(MeterRegistry registry, String... values) {
    return Counter.builder(meter())
        .baseUnit(unit())
        .description(meaning)
        .tags(tags(values))
        .register(registry);
  }

  public Timer timer(MeterRegistry registry, String... values) {
    return Timer.builder(meter())
        .description(meaning)
        .serviceLevelObjectives(SECONDS)
        .tags(tags(values))
        .register(registry);
  }

  public DistributionSummary summary(MeterRegistry registry, String... values) {
    return DistributionSummary.builder(meter())
        .baseUnit(unit())
        .description(meaning)
        .serviceLevelObjectives(unit.equals("bytes") ? BYTES : RATIOS)
        .tags(tags(values))
        .register(registry);
  }

  public Tags tags(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(this + " has the labels " + labels);
    }
    return Tags.of(
        IntStream.range(0, values.length)
            .mapToObj(i -> Tag.of(labels.get(i).key(), values[i]))
            .toList());
  }
}
