package io.hotfoot.operator.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusWriterTest {
  private final StatusWriter<VMEviction> writer = new StatusWriter<>();
  private final List<VMEviction> asked = new ArrayList<>();

  @Test
  void whatTheCrdLacksIsLeftOut() {
    writer.write(
        eviction(),
        it ->
            take(
                it,
                """
                errors:
                  .status.targetNode: field not declared in schema
                  .status.conditions[type="Completed"].observedGeneration: field not declared in schema"""));
    writer.write(eviction(), it -> take(it, "no more of this"));

    assertThat(asked).hasSize(3);
    assertThat(asked.subList(1, 3))
        .extracting(VMEviction::getStatus)
        .allSatisfy(
            status -> {
              assertThat(status.phase).isEqualTo(EvictionPhase.Draining);
              assertThat(status.targetNode).isNull();
              assertThat(status.conditions)
                  .singleElement()
                  .satisfies(
                      it -> {
                        assertThat(it.reason()).isEqualTo(Reason.InProgress);
                        assertThat(it.observedGeneration()).isNull();
                      });
            });
  }

  @Test
  void otherRefusalsAreTheCallersAffair() {
    assertThatThrownBy(() -> writer.write(eviction(), it -> take(it, "status.phase: required")))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(asked).hasSize(1);
  }

  /** Refuses what it is asked for first. */
  private VMEviction take(VMEviction eviction, String refusal) {
    asked.add(eviction);
    if (asked.size() == 1) {
      throw new KubernetesClientException(refusal);
    }
    return eviction;
  }

  private static VMEviction eviction() {
    VMEviction eviction = new VMEviction();
    eviction.getMetadata().setName("evict");
    VMEvictionStatus status = new VMEvictionStatus();
    status.phase = EvictionPhase.Draining;
    status.targetNode = "node-b";
    status.conditions =
        List.of(
            new EvictionCondition(
                EvictionCondition.Type.Completed,
                EvictionCondition.Status.False,
                Reason.InProgress,
                "the eviction is under way",
                Instant.EPOCH,
                1L));
    eviction.setStatus(status);
    return eviction;
  }
}
