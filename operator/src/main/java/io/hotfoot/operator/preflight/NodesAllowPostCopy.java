package io.hotfoot.operator.preflight;

import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Reason;
import java.util.List;

/** QEMU on the target needs userfaultfd for post-copy, and the agent there the right to pull. */
class NodesAllowPostCopy implements Check.ForPostCopy {
  @Override
  public Verdict examine(Situation situation) {
    List<NodeDescription> nodes = List.copyOf(situation.describedSample().values());
    List<NodeDescription> open =
        nodes.stream().filter(it -> it.getUserfaultfd().getUsable()).toList();
    if (open.isEmpty()) {
      return new Verdict.StepDown(
          EvictionMode.PreCopy,
          Reason.UserfaultfdClosed,
          "QEMU cannot use userfaultfd on the target: %s; evicting by pre-copy"
              .formatted(nodes.getFirst().getUserfaultfd().getWhyNot()));
    }
    boolean wantsHints = situation.eviction().mode() == EvictionMode.Enlightened;
    if (wantsHints && open.stream().noneMatch(it -> it.getPull().getUsable())) {
      return new Verdict.StepDown(
          EvictionMode.PostCopy,
          Reason.AgentNotAble,
          "the target's agent cannot pull pages: %s; evicting by plain post-copy"
              .formatted(open.getFirst().getPull().getWhyNot()));
    }
    return Verdict.PASS;
  }
}
