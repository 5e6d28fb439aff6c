package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotfoot.api.v1alpha1.Enforcement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What comes before an eviction's migration is gone through before there is need. */
class RehearsalIT extends PressureScene {
  @Test
  void asksTheAgentOfACalmNodeAndChangesNothing() {
    startOperator();
    apply("relief", Enforcement.Enforce);
    await("the source's agent being asked of its VM")
        .atMost(Duration.ofSeconds(30))
        .until(source()::hasDescribedAVm);
    assertThat(evictions()).isEmpty();
    assertThat(kubeVirt.migrations()).isEmpty();
    assertNothingLeft();
  }
}
