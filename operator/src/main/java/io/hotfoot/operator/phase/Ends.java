package io.hotfoot.operator.phase;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.operator.eviction.Eviction;

/** The ways in which an eviction ends, in the words that the user reads. */
final class Ends {
  private Ends() {}

  static Step succeeded(Eviction eviction) {
    return new Step.End(
        EvictionPhase.Succeeded,
        Reason.Succeeded,
        "the VM and all of its memory are on node " + eviction.status().targetNode);
  }

  static Step calledOff() {
    return new Step.End(
        EvictionPhase.Aborted,
        Reason.AbortedByUser,
        "called off before execution moved: the VM runs on where it was");
  }

  static Step leftAlone() {
    return new Step.End(
        EvictionPhase.Aborted,
        Reason.AbortedByUser,
        "called off before execution moved: the migration, which somebody else has made, goes on");
  }

  static Step overdue(Eviction eviction, String meanwhile) {
    return Step.End.failed(
        Reason.DeadlineExceeded,
        "not done within %s, the VM runs on where it was: %s"
            .formatted(eviction.spec().deadline(), meanwhile));
  }
}
