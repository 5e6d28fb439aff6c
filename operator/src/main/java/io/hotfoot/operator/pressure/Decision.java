package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.api.v1alpha1.VMEviction;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What is done about one pressed node, in the words of the policy's status. */
record Decision(NodePressure node, Instant time) {
  private static final int LONGEST_MESSAGE = 2000;

  NodePressureStatus of(Outcome outcome, String message) {
    return status(outcome, null, null, message);
  }

  NodePressureStatus would(Choice choice) {
    return status(
        Outcome.WouldEvict,
        choice.pick().orElseThrow().vm().toString(),
        null,
        choice.explanation());
  }

  NodePressureStatus evicted(Choice choice, VMEviction eviction) {
    return status(
        Outcome.Evicted,
        choice.pick().orElseThrow().vm().toString(),
        eviction.getMetadata().getName(),
        choice.explanation());
  }

  private NodePressureStatus status(Outcome outcome, String vm, String eviction, String message) {
    return new NodePressureStatus(
        node.node(),
        true,
        node.describe(),
        outcome,
        time.truncatedTo(ChronoUnit.SECONDS),
        vm,
        eviction,
        message.substring(0, Math.min(message.length(), LONGEST_MESSAGE)));
  }
}
