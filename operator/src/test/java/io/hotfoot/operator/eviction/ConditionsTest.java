package io.hotfoot.operator.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionCondition.Status;
import io.hotfoot.api.v1alpha1.EvictionCondition.Type;
import io.hotfoot.api.v1alpha1.Reason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {
  private static final Instant EARLY = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATE = EARLY.plusSeconds(60);

  @Test
  void timeOfTransitionStaysWhileTheStatusDoes() {
    List<EvictionCondition> before =
        List.of(condition(Type.ReadyToEvict, Status.False, Reason.AgentUnavailable, EARLY));

    List<EvictionCondition> after =
        Conditions.with(
            before, condition(Type.ReadyToEvict, Status.False, Reason.NoTargetNode, LATE));

    assertThat(after).hasSize(1);
    assertThat(after.getFirst().reason()).isEqualTo(Reason.NoTargetNode);
    assertThat(after.getFirst().lastTransitionTime()).isEqualTo(EARLY);
  }

  @Test
  void timeOfTransitionMovesWithTheStatus() {
    List<EvictionCondition> before =
        List.of(condition(Type.ReadyToEvict, Status.False, Reason.AgentUnavailable, EARLY));

    List<EvictionCondition> after =
        Conditions.with(
            before, condition(Type.ReadyToEvict, Status.True, Reason.ChecksPassed, LATE));

    assertThat(after.getFirst().lastTransitionTime()).isEqualTo(LATE);
  }

  @Test
  void otherTypesAreLeftAlone() {
    List<EvictionCondition> before =
        List.of(condition(Type.Completed, Status.False, Reason.InProgress, EARLY));

    List<EvictionCondition> after =
        Conditions.with(
            before, condition(Type.ReadyToEvict, Status.True, Reason.ChecksPassed, LATE));

    assertThat(after)
        .extracting(EvictionCondition::type)
        .containsExactly(Type.ReadyToEvict, Type.Completed);
    assertThat(after).contains(before.getFirst());
  }

  private static EvictionCondition condition(
      Type type, Status status, Reason reason, Instant time) {
    return new EvictionCondition(type, status, reason, "message", time, 1L);
  }
}
