package io.hotfoot.operator.phase;

import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.eviction.Conditions;
import io.hotfoot.operator.eviction.EventRecorder;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.eviction.EvictionMetrics;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Tells of each phase that an eviction enters, by an event where it says something new (post-copy
 * and draining are one to whoever reads events: the guest has moved), and of each new reason for
 * not being ready, but for that others are first, which is nobody's fault.
 */
class Announcer {
  private static final Logger LOG = Logger.getLogger(Announcer.class);

  private static final Set<Reason> QUEUEING =
      EnumSet.of(Reason.MigrationLimitReached, Reason.HigherPriorityFirst);

  private final EventRecorder events;
  private final EvictionMetrics metrics;
  private final List<Consumer<Eviction>> atEnd = new CopyOnWriteArrayList<>();

  Announcer(EventRecorder events, EvictionMetrics metrics) {
    this.events = events;
    this.metrics = metrics;
  }

  void atEnd(Consumer<Eviction> told) {
    atEnd.add(told);
  }

  /** Comes after the new status was written. */
  void announce(Eviction eviction) {
    VMEvictionStatus before = eviction.resource().getStatus();
    notReady(eviction.status())
        .filter(
            it -> !Optional.of(it.reason()).equals(notReady(before).map(EvictionCondition::reason)))
        .filter(it -> !QUEUEING.contains(it.reason()))
        .ifPresent(it -> events.warning(eviction, it.reason().name(), it.message()));
    EvictionPhase phase = eviction.phase();
    if (before != null && before.phase == phase) {
      return;
    }
    LOG.infof("%s. %s", phase, message(eviction));
    switch (phase) {
      case Failed -> events.warning(eviction, phase.name(), message(eviction));
      case Pending, Migrating -> {} // nothing that anybody did not know
      case Preparing -> {
        Reason ready = reason(eviction.status(), EvictionCondition.Type.ReadyToEvict);
        if (ready == Reason.PostCopyFailed) {
          events.warning(eviction, ready.name(), message(eviction));
        } else {
          events.normal(eviction, phase.name(), message(eviction));
        }
      }
      case PostCopy, Draining -> {
        if (before == null || before.timing.executionTransferred == null) {
          events.normal(eviction, EvictionPhase.PostCopy.name(), message(eviction));
        }
      }
      default -> events.normal(eviction, phase.name(), message(eviction));
    }
    if (phase.isFinal()) {
      metrics.ended(eviction);
      atEnd.forEach(it -> it.accept(eviction));
    }
  }

  private static Optional<EvictionCondition> notReady(VMEvictionStatus status) {
    return status == null
        ? Optional.empty()
        : Conditions.find(status.conditions, EvictionCondition.Type.ReadyToEvict)
            .filter(it -> it.status() == EvictionCondition.Status.False);
  }

  private static String message(Eviction eviction) {
    VMEvictionStatus status = eviction.status();
    return switch (eviction.phase()) {
      case Pending -> "checking whether the VM can be evicted";
      case Preparing ->
          "evicting from node %s by %s: %s"
              .formatted(
                  status.sourceNode,
                  status.mode,
                  said(status, EvictionCondition.Type.ReadyToEvict));
      case Migrating -> "migration " + status.migrationName;
      case PostCopy -> "the guest runs on node %s, hot pages follow".formatted(status.targetNode);
      case Draining ->
          "the guest runs on node %s, the rest of its memory follows".formatted(status.targetNode);
      case Succeeded, Failed, Aborted -> said(status, EvictionCondition.Type.Completed);
    };
  }

  private static Reason reason(VMEvictionStatus status, EvictionCondition.Type type) {
    return Conditions.find(status.conditions, type).map(EvictionCondition::reason).orElse(null);
  }

  private static String said(VMEvictionStatus status, EvictionCondition.Type type) {
    return Conditions.find(status.conditions, type).map(EvictionCondition::message).orElse("");
  }
}
