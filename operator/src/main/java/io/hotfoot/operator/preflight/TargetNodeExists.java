package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.Reason;

class TargetNodeExists implements Check {
  @Override
  public Verdict examine(Situation situation) {
    if (!situation.candidates().isEmpty()) {
      return Verdict.PASS;
    }
    return new Verdict.Wait(
        Reason.NoTargetNode,
        "there is no node to go to: besides %s, none is ready, without pressure on memory, disk or process numbers, not cordoned, labelled kubevirt.io/schedulable=true and matches spec.target.nodeSelector; waiting for one"
            .formatted(situation.sourceNode()));
  }
}
