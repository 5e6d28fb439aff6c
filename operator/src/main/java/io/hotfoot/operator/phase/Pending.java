package io.hotfoot.operator.phase;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.False;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Status.True;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.Completed;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.ReadyToEvict;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.preflight.Preflight;
import java.time.Duration;

/** Waits until all that must hold holds. Touches nothing. */
class Pending implements PhaseHandler {
  private static final Step LOOK_AGAIN = new Step.Stay(Duration.ofSeconds(2));

  private final Preflight preflight;
  private final Adoption adoption;

  Pending(Preflight preflight, Adoption adoption) {
    this.preflight = preflight;
    this.adoption = adoption;
  }

  @Override
  public Step proceed(Eviction eviction) {
    if (eviction.isCalledOff()) {
      return Ends.calledOff();
    }
    if (eviction.adopted().isPresent()) {
      return adoption.begin(eviction);
    }
    return switch (preflight.examine(eviction)) {
      case Preflight.Result.Ready ready ->
          eviction.isOverdue()
              ? Ends.overdue(eviction, "no attempt in time")
              : begin(eviction, ready);
      case Preflight.Result.NotYet wait -> {
        eviction.say(ReadyToEvict, False, wait.reason(), wait.message());
        eviction.say(Completed, False, Reason.InProgress, "waiting until the VM can be evicted");
        yield eviction.isOverdue() ? Ends.overdue(eviction, wait.message()) : LOOK_AGAIN;
      }
      case Preflight.Result.Never never -> {
        eviction.say(ReadyToEvict, False, never.reason(), never.message());
        yield Step.End.failed(never.reason(), never.message());
      }
    };
  }

  private static Step begin(Eviction eviction, Preflight.Result.Ready ready) {
    eviction.status().sourceNode = ready.sourceNode();
    eviction.status().mode = ready.mode();
    eviction.status().timing.started = eviction.now();
    eviction.say(ReadyToEvict, True, ready.reason(), ready.message());
    eviction.say(Completed, False, Reason.InProgress, "the eviction is under way");
    return Step.Go.next(EvictionPhase.Preparing);
  }
}
