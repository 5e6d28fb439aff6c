package io.hotfoot.operator.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.api.v1alpha1.PressureTrigger;
import io.hotfoot.api.v1alpha1.PressureTrigger.Resource;
import io.hotfoot.api.v1alpha1.PressureTrigger.Stall;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodePressureTest {
  private static final List<PressureTrigger> TRIGGERS =
      List.of(
          new PressureTrigger(Resource.cpu, Stall.Some, 40, "10s", null, null, null),
          new PressureTrigger(
              Resource.memory, Stall.Some, null, "10s", new Quantity("1Gi"), null, null));

  private static NodePressure node(int cpuPercent, boolean memoryIsShort) {
    return new NodePressure(
        "a",
        TRIGGERS,
        PressureReport.newBuilder()
            .addTriggers(
                TriggerState.newBuilder().setPercent(cpuPercent).setHolds(cpuPercent >= 40))
            .addTriggers(TriggerState.newBuilder().setHolds(memoryIsShort))
            .build());
  }

  @Test
  void isPressedBeyondWhatAPolicyAllowsTargets() {
    assertThat(node(39, false).pressedBeyond(20)).isFalse();
    assertThat(node(41, false).pressedBeyond(20)).isTrue();
    assertThat(node(99, false).pressedBeyond(100)).isFalse();
  }

  @Test
  void shortMemoryIsBeyondAnything() {
    assertThat(node(0, true).pressedBeyond(100)).isTrue();
  }
}
