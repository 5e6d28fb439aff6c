package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.Reason;
import java.time.Duration;
import java.util.List;

/** The migration runs through virt-handler on both nodes: one that restarts loses the guest. */
class VirtHandlersAreSteady implements Check {
  private static final Duration AGE = Duration.ofSeconds(30);

  @Override
  public Verdict examine(Situation situation) {
    List<String> steady =
        situation.installation().nodesWithSteadyHandler(situation.eviction().now(), AGE);
    if (!steady.contains(situation.sourceNode())) {
      return notSteady("on node " + situation.sourceNode());
    }
    if (situation.candidates().stream().noneMatch(steady::contains)) {
      return notSteady("on any of the nodes to go to " + situation.candidates());
    }
    return Verdict.PASS;
  }

  private static Verdict notSteady(String where) {
    return new Verdict.Wait(
        Reason.VirtHandlerNotReady,
        "virt-handler has not been ready for %d s %s; waiting, since its restart in post-copy would lose the guest"
            .formatted(AGE.toSeconds(), where));
  }
}
