package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicyStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A policy's next status, from its last one and what this turn saw. */
final class StatusDraft {
  private static final Duration KEPT = Duration.ofHours(1);
  private static final int NODES_MAX = 100;

  /** So many nodes are told of in full; where more are pressed the object would grow too heavy. */
  private static final int TOLD_IN_FULL = 10;

  private static final int SHORT_MESSAGE = 200;

  private final NodePressurePolicyStatus before;
  private final NodePressurePolicyStatus after = new NodePressurePolicyStatus();
  private final Map<String, NodePressureStatus> last = new LinkedHashMap<>();
  private final Map<String, NodePressureStatus> next = new LinkedHashMap<>();
  private final Instant now;

  StatusDraft(NodePressurePolicy policy, Instant now) {
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
    before = Objects.requireNonNullElseGet(policy.getStatus(), NodePressurePolicyStatus::new);
    before.nodes.forEach(it -> last.put(it.node(), it));
    after.observedGeneration = policy.getMetadata().getGeneration();
  }

  /**
   * @param reports by node, of those that have reported lately
   * @param problem what a node's agent complains of; null: nothing
   * @param claimed how many nodes more the policy names, which older policies have
   */
  void sees(
      Collection<String> nodes,
      Map<String, NodePressure> reports,
      UnaryOperator<String> problem,
      int claimed) {
    after.nodesWatched = (int) nodes.stream().filter(reports::containsKey).count();
    after.nodesPressed = (int) nodes.stream().filter(node -> isPressed(reports, node)).count();
    List<String> problems = nodes.stream().map(problem).filter(Objects::nonNull).toList();
    PolicyConditions conditions = new PolicyConditions(before.conditions, now);
    after.conditions =
        Stream.of(
                Optional.of(conditions.watching(nodes.size(), problems, claimed)),
                conditions.countingVmStalls(
                    nodes.stream().map(reports::get).filter(Objects::nonNull).toList()))
            .flatMap(Optional::stream)
            .toList();
    for (String node : nodes) {
      NodePressureStatus told = last.get(node);
      if (told != null && told.decided().isAfter(now.minus(KEPT))) {
        next.put(node, withPressed(told, isPressed(reports, node)));
      }
    }
  }

  private static boolean isPressed(Map<String, NodePressure> reports, String node) {
    return reports.containsKey(node) && reports.get(node).pressed();
  }

  /** The eviction that was decided last for this node runs: what was told of it stays. */
  boolean stillEvicts(String node, History history) {
    NodePressureStatus told = next.get(node);
    return told != null
        && told.outcome() == Outcome.Evicted
        && history.isActive(told.vm().split("/")[0], told.eviction());
  }

  /** Numbers that alone have changed are no news. */
  void decided(NodePressureStatus decision) {
    NodePressureStatus told = next.get(decision.node());
    boolean news =
        told == null
            || told.outcome() != decision.outcome()
            || !Objects.equals(told.vm(), decision.vm())
            || !Objects.equals(told.eviction(), decision.eviction());
    if (news) {
      next.put(decision.node(), decision);
    }
  }

  void lastEviction(Instant time) {
    after.lastEviction = time;
  }

  /**
   * @param decision is told each decision that differs from the last one
   */
  NodePressurePolicyStatus done(Consumer<NodePressureStatus> decision) {
    // What is not told in the status would be news again at the next turn.
    List<NodePressureStatus> told =
        next.values().stream()
            .sorted(Comparator.comparing(it -> it.outcome() != Outcome.Evicted))
            .limit(NODES_MAX)
            .toList();
    told.stream().filter(this::isNews).forEach(decision);
    after.nodes =
        IntStream.range(0, told.size())
            .mapToObj(i -> i < TOLD_IN_FULL ? told.get(i) : shortened(told.get(i)))
            .toList();
    return after;
  }

  private boolean isNews(NodePressureStatus decision) {
    NodePressureStatus told = last.get(decision.node());
    return told == null
        || decision.outcome() != told.outcome()
        || !decision.decided().equals(told.decided());
  }

  private static NodePressureStatus withPressed(NodePressureStatus told, boolean pressed) {
    return like(told, pressed, told.message());
  }

  private static NodePressureStatus shortened(NodePressureStatus told) {
    String message = told.message();
    return message.length() <= SHORT_MESSAGE
        ? told
        : like(told, told.pressed(), message.substring(0, SHORT_MESSAGE - 1) + "…");
  }

  private static NodePressureStatus like(NodePressureStatus told, boolean pressed, String message) {
    return new NodePressureStatus(
        told.node(),
        pressed,
        told.pressure(),
        told.outcome(),
        told.decided(),
        told.vm(),
        told.eviction(),
        message);
  }
}
