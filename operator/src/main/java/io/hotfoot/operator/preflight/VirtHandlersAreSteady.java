package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.Reason;
import java.time.Duration;

/** The migration runs through virt-handler on both nodes: one that restarts loses the guest. */
class VirtHandlersAreSteady implements Check {
  private static final Duration AGE = Duration.ofSeconds(30);

  @Override
  public Verdict examine(Situation situation) {
    if (!isSteady(situation, situation.sourceNode())) {
      return notSteady("on node " + situation.sourceNode());
    }
    if (situation.candidates().stream().noneMatch(node -> isSteady(situation, node))) {
      return notSteady("on any of the nodes to go to " + situation.sample());
    }
    return Verdict.PASS;
  }

  private static boolean isSteady(Situation situation, String node) {
    return situation.installation().hasSteadyHandler(node, situation.eviction().now(), AGE);
  }

  private static Verdict notSteady(String where) {
    return new Verdict.Wait(
        Reason.VirtHandlerNotReady,
        "virt-handler has not been ready for %d s %s; waiting, since its restart in post-copy would lose the guest"
            .formatted(AGE.toSeconds(), where));
  }
}
