package io.hotfoot.operator.phase;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.False;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.True;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.WorkingSetResident;

import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.PlanStatus;
import io.hotfoot.api.v1alpha1.PlanStatus.Order;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.agent.TargetProgress;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.steering.HintCollection;
import io.hotfoot.operator.steering.HintOutcome;
import io.hotfoot.operator.steering.SourceSide;
import io.hotfoot.operator.steering.TargetSide;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The guest runs on the target, hot pages follow. Ends when they are there, or will not come. */
class PostCopy implements PhaseHandler {
  private static final Logger LOG = Logger.getLogger(PostCopy.class);

  /** So long no page may come before the throttle is lifted. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Migrations migrations;
  private final MigrationEnd end;
  private final Transfer transfer;
  private final HintCollection hints;
  private final SourceSide source;
  private final TargetSide target;
  private final ServiceHandover services;

  PostCopy(
      Migrations migrations,
      MigrationEnd end,
      Transfer transfer,
      HintCollection hints,
      SourceSide source,
      TargetSide target,
      ServiceHandover services) {
    this.migrations = migrations;
    this.end = end;
    this.transfer = transfer;
    this.hints = hints;
    this.source = source;
    this.target = target;
    this.services = services;
  }

  @Override
  public Step proceed(Eviction eviction) {
    transfer.update(eviction);
    Optional<Step> ended = end.of(eviction, migrations.find(eviction));
    if (ended.isPresent()) {
      return ended.get();
    }
    transfer.explainThatItGoesOn(eviction);
    Step step = steer(eviction);
    services.follow(eviction);
    return step;
  }

  private Step steer(Eviction eviction) {
    Optional<HintOutcome> outcome = hints.outcome(eviction);
    if (outcome.isEmpty()) {
      return Step.TICK;
    }
    return outcome
        .flatMap(HintOutcome::set)
        .map(
            set -> {
              target.offer(eviction, set);
              return pulled(eviction, outcome.get().bytes());
            })
        .orElseGet(() -> release(eviction, False, Reason.NoHints, "there are no hints to pull by"));
  }

  private Step pulled(Eviction eviction, long hintedBytes) {
    TargetReport report =
        target
            .progress(eviction)
            .map(TargetProgress::report)
            .orElse(TargetReport.getDefaultInstance());
    if (report.getHotResidentMs() > 0) {
      eviction.status().timing.workingSetResident = Instant.ofEpochMilli(report.getHotResidentMs());
      eviction.say(WorkingSetResident, True, Reason.Resident, "all hot pages are there");
    }
    return switch (report.getState()) {
      case TARGET_RESIDENT, TARGET_ENDED ->
          release(eviction, True, Reason.Resident, "all hinted pages are there");
      case TARGET_FAILED -> release(eviction, False, Reason.PullFailed, report.getError());
      default -> keepPulling(eviction, hintedBytes);
    };
  }

  private Step keepPulling(Eviction eviction, long hintedBytes) {
    // Before the switch no page could come.
    Instant lastNews = latest(target.lastNews(eviction), switched(eviction));
    if (eviction.now().isAfter(lastNews.plus(PATIENCE))) {
      return release(
          eviction,
          False,
          Reason.PullStalled,
          "no hot page came for %d s: the rest follows in QEMU's own order. See the log of the agent on node %s."
              .formatted(PATIENCE.toSeconds(), eviction.status().targetNode));
    }
    if (!eviction.holds(WorkingSetResident)) {
      eviction.say(WorkingSetResident, False, Reason.Pulling, pulling(eviction.status().plan));
    }
    try {
      source.arm(eviction, hintedBytes);
    } catch (AgentException e) {
      LOG.warnf("lease not renewed: %s", e.getMessage());
    }
    return Step.TICK;
  }

  private static String pulling(PlanStatus plan) {
    return plan == null || plan.order() == Order.HintedFirst
        ? "hot pages are being pulled, the rest waits for them"
        : "hot pages are being pulled beside QEMU's stream, which is fast enough to bring all memory in %d ms"
            .formatted(plan.streamedMilliseconds());
  }

  private Step release(
      Eviction eviction, EvictionCondition.Status status, Reason reason, String message) {
    if (source.report(eviction).filter(SourceReport::getThrottled).isPresent()) {
      eviction.status().timing.throttleLifted = eviction.now();
    }
    source.release(eviction, status == True);
    if (!eviction.holds(WorkingSetResident)) {
      eviction.say(WorkingSetResident, status, reason, message);
    }
    return Step.Go.to(EvictionPhase.Draining);
  }

  private static Instant switched(Eviction eviction) {
    return eviction.status().timing.executionTransferred;
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
