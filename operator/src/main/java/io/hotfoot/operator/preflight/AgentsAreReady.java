package io.hotfoot.operator.preflight;

import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.operator.agent.AgentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An agent of this operator's version on the source, and on at least one node to go to. */
class AgentsAreReady implements Check.ForPostCopy {
  private final String operatorVersion;

  AgentsAreReady(String operatorVersion) {
    this.operatorVersion = operatorVersion;
  }

  @Override
  public Verdict examine(Situation situation) {
    Optional<Verdict.Wait> source = fault(situation, situation.sourceNode());
    if (source.isPresent()) {
      return source.get();
    }
    List<Verdict.Wait> faults = new ArrayList<>();
    for (String node : situation.sample()) {
      Optional<Verdict.Wait> fault = fault(situation, node);
      if (fault.isEmpty()) {
        return Verdict.PASS;
      }
      faults.add(fault.get());
    }
    return faults.getFirst();
  }

  private Optional<Verdict.Wait> fault(Situation situation, String node) {
    NodeDescription description;
    try {
      description = situation.describe(node);
    } catch (AgentException e) {
      return Optional.of(
          new Verdict.Wait(
              Reason.AgentUnavailable,
              e.getMessage() + "; waiting for it, or evict with mode: PreCopy, which needs none"));
    }
    if (!isOfVersion(description, operatorVersion)) {
      return Optional.of(
          new Verdict.Wait(
              Reason.AgentVersionMismatch,
              "the agent on node %s is of version %s, the operator of %s: update the older; waiting"
                  .formatted(node, description.getAgentVersion(), operatorVersion)));
    }
    return Optional.empty();
  }

  static boolean isOfVersion(NodeDescription agent, String operatorVersion) {
    return minor(agent.getAgentVersion()).equals(minor(operatorVersion));
  }

  /** major.minor */
  private static String minor(String version) {
    String[] parts = version.split("[.-]", 3);
    return parts.length < 2 ? version : parts[0] + "." + parts[1];
  }
}
