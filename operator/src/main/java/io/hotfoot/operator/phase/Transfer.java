package io.hotfoot.operator.phase;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.False;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.Completed;

import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.api.v1alpha1.PlanStatus;
import io.hotfoot.api.v1alpha1.PlanStatus.Order;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.TransferStatus;
import io.hotfoot.operator.agent.TargetProgress;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.steering.SourceSide;
import io.hotfoot.operator.steering.TargetSide;
import java.time.Duration;
import java.util.Optional;

/** Follows memory while it follows execution. */
class Transfer {
  /** So long no memory may move before the user is told. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final String UNDER_WAY = "the eviction is under way";
  private static final String STILL =
      "the eviction is under way, but no memory has moved for %d s: is the link between the nodes down? The guest goes on when it is back; libvirt gives up after 30 s of silence, and the guest is then lost"
          .formatted(PATIENCE.toSeconds());

  private final SourceSide source;
  private final TargetSide target;

  Transfer(SourceSide source, TargetSide target) {
    this.source = source;
    this.target = target;
  }

  /** Writes down how far it is; what no agent tells now stays as it was. */
  void update(Eviction eviction) {
    source.watch(eviction);
    Optional<SourceReport> from = source.report(eviction).filter(it -> it.getMemoryTotal() > 0);
    Optional<TargetReport> to =
        target.progress(eviction).map(TargetProgress::report).filter(it -> it.getHotPages() > 0);
    TransferStatus before = eviction.status().transfer;
    if (before == null) {
      before = new TransferStatus(null, null, null, null, null, null);
    }
    eviction.status().transfer =
        new TransferStatus(
            to.map(it -> percent(it.getHotResidentPages(), it.getHotPages()))
                .orElse(before.hotPercent()),
            from.map(
                    it ->
                        percent(it.getMemoryTotal() - it.getMemoryRemaining(), it.getMemoryTotal()))
                .orElse(before.totalPercent()),
            to.filter(Transfer::pulls)
                .map(TargetReport::getResidentPages)
                .orElse(before.pulledPages()),
            from.map(SourceReport::getRemoteFaults).orElse(before.remoteFaults()),
            before.missedPercent(),
            from.map(SourceReport::getDowntimeMs)
                .filter(ms -> ms > 0)
                .orElse(before.downtimeMilliseconds()));
    from.filter(it -> it.getOrder() != SourceReport.Order.ORDER_UNSPECIFIED)
        .ifPresent(it -> eviction.status().plan = plan(it, to, eviction.status().plan));
  }

  /** Once post-copy is over all pages count as resident, pulled or not. */
  private static boolean pulls(TargetReport report) {
    return report.getState() == TargetReport.State.TARGET_PULLING
        || report.getState() == TargetReport.State.TARGET_RESIDENT;
  }

  private static PlanStatus plan(SourceReport from, Optional<TargetReport> to, PlanStatus before) {
    Order order =
        from.getOrder() == SourceReport.Order.ORDER_HINTED_FIRST
            ? Order.HintedFirst
            : Order.Streamed;
    return new PlanStatus(
        order,
        from.getStreamBytesPerSecond(),
        from.getHintedFirstMs(),
        from.getStreamedMs(),
        to.map(TargetReport::getHintedResidentMs)
            .filter(ms -> ms > from.getSwitchedMs() && from.getSwitchedMs() > 0)
            .filter(ms -> order == Order.HintedFirst)
            .map(ms -> Math.clamp(ms - from.getSwitchedMs(), 1, Integer.MAX_VALUE))
            .orElse(before == null ? null : before.tookMilliseconds()));
  }

  /** All memory is there now. */
  static PlanStatus complete(PlanStatus plan, Duration sinceSwitch) {
    return plan == null || plan.tookMilliseconds() != null
        ? plan
        : new PlanStatus(
            plan.order(),
            plan.streamBytesPerSecond(),
            plan.hintedFirstMilliseconds(),
            plan.streamedMilliseconds(),
            (int) sinceSwitch.toMillis());
  }

  /** Whoever wants it stopped, or waits longer than was meant, must learn why it is not. */
  void explainThatItGoesOn(Eviction eviction) {
    String goesOn =
        "execution has moved to node %s, to stop now would lose the guest: the eviction goes on"
            .formatted(eviction.status().targetNode);
    boolean linkLost =
        source
            .report(eviction)
            .filter(it -> it.getState() == SourceReport.State.SOURCE_PAUSED)
            .isPresent();
    if (linkLost) {
      eviction.say(
          Completed,
          False,
          Reason.LinkLost,
          "the link between the nodes broke in post-copy: the guest stands still and KubeVirt will"
              + " give it up");
    } else if (eviction.isCalledOff()) {
      eviction.say(Completed, False, Reason.AbortRefused, goesOn);
    } else if (eviction.isOverdue()) {
      eviction.say(Completed, False, Reason.DeadlineExceeded, goesOn);
    } else {
      eviction.say(Completed, False, Reason.InProgress, standsStill(eviction) ? STILL : UNDER_WAY);
    }
  }

  private boolean standsStill(Eviction eviction) {
    boolean hasMore = source.report(eviction).filter(it -> it.getMemoryRemaining() > 0).isPresent();
    return hasMore
        && source
            .lastMovement(eviction)
            .filter(at -> eviction.now().isAfter(at.plus(PATIENCE)))
            .isPresent();
  }

  /** Rounded down: 100 means all. */
  private static int percent(long part, long whole) {
    return Math.clamp(part * 100 / whole, 0, 100);
  }
}
