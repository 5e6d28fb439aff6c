package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.EvictionCondition.Status;
import io.hotfoot.api.v1alpha1.PolicyCondition;
import io.hotfoot.api.v1alpha1.PolicyCondition.Reason;
import io.hotfoot.api.v1alpha1.PolicyCondition.Type;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether a policy can do its work, as its status says it.
 *
 * @param before what was said last
 */
record PolicyConditions(List<PolicyCondition> before, Instant now) {
  private static final int NODES_TOLD = 3;

  /**
   * @param problems what agents complain of, one for each node that has any
   * @param claimed how many nodes more the policy names, which older policies have
   */
  PolicyCondition watching(int nodes, List<String> problems, int claimed) {
    if (nodes == 0) {
      return condition(
          Type.Watching,
          Status.False,
          Reason.NoNodes,
          claimed == 0
              ? "no node that runs VMs matches nodeSelector"
              : "older policies have all nodes that match nodeSelector");
    }
    if (!problems.isEmpty()) {
      return condition(Type.Watching, Status.False, Reason.SomeNodes, firstOf(problems));
    }
    return condition(
        Type.Watching,
        Status.True,
        Reason.AllNodes,
        claimed == 0
            ? "the pressure of all nodes is watched"
            : "the pressure of all nodes is watched, but for %d that older policies have"
                .formatted(claimed));
  }

  /**
   * @param reports of those nodes that have reported; while there are none, what was said last
   *     stays
   */
  Optional<PolicyCondition> countingVmStalls(List<NodePressure> reports) {
    if (reports.isEmpty()) {
      return before.stream().filter(it -> it.type() == Type.CountingVmStalls).findFirst();
    }
    List<NodePressure> lacking = reports.stream().filter(it -> it.vmsWithoutStalls() > 0).toList();
    if (lacking.isEmpty()) {
      return Optional.of(
          condition(
              Type.CountingVmStalls,
              Status.True,
              Reason.AllVms,
              "each VM's own waiting for memory is counted"));
    }
    return Optional.of(
        condition(
            Type.CountingVmStalls,
            Status.False,
            Reason.SomeVms,
            "the cgroups of %d VMs do not count their waiting for memory (%s): where it is short they are weighed by their size alone. To count it, their nodes need cgroup v2 and a kernel booted with psi=1"
                .formatted(
                    lacking.stream().mapToInt(NodePressure::vmsWithoutStalls).sum(),
                    firstOf(
                        lacking.stream()
                            .map(it -> "%d on %s".formatted(it.vmsWithoutStalls(), it.node()))
                            .toList()))));
  }

  private static String firstOf(List<String> told) {
    String first = told.stream().limit(NODES_TOLD).collect(Collectors.joining("; "));
    return told.size() <= NODES_TOLD
        ? first
        : "%s; and %d nodes more".formatted(first, told.size() - NODES_TOLD);
  }

  private PolicyCondition condition(Type type, Status status, Reason reason, String message) {
    Instant since =
        before.stream()
            .filter(it -> it.type() == type && it.status() == status)
            .map(PolicyCondition::lastTransitionTime)
            .findFirst()
            .orElse(now);
    return new PolicyCondition(type, status, reason, message, since);
  }
}
