package io.hotfoot.operator.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionBudget;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.HintStatus;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.TargetHeadroom;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.api.v1alpha1.VictimSelection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final NodePressurePolicy POLICY = policy();

  private static NodePressurePolicy policy() {
    NodePressurePolicy policy = new NodePressurePolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("relief").build());
    policy.setSpec(
        new NodePressurePolicySpec(
            null,
            List.of(),
            new VictimSelection(null),
            new TargetHeadroom(null, 20, 10),
            new EvictionBudget(1, 2, 5, "30m", "1m"),
            Enforcement.Enforce,
            false));
    return policy;
  }

  /** An eviction that this policy began; one with a final phase lasted 10 s. */
  private static VMEviction eviction(String vm, String node, EvictionPhase phase, int secondsAgo) {
    VMEviction eviction = new VMEviction();
    Instant created = NOW.minusSeconds(secondsAgo);
    eviction.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("shop")
            .withName("pressure-" + vm)
            .withCreationTimestamp(created.toString())
            .withLabels(
                Map.of(
                    NodePressurePolicy.POLICY_LABEL, "relief", NodePressurePolicy.NODE_LABEL, node))
            .build());
    eviction.setSpec(
        new VMEvictionSpec(
            vm,
            EvictionMode.Enlightened,
            null,
            new Hints(Hints.Source.Auto, null),
            "10m",
            0,
            false,
            null,
            null,
            null));
    VMEvictionStatus status = new VMEvictionStatus();
    status.phase = phase;
    status.timing.completed = phase.isFinal() ? created.plusSeconds(10) : null;
    eviction.setStatus(status);
    return eviction;
  }

  private static History history(VMEviction... evictions) {
    return new History(List.of(evictions), NOW);
  }

  @Test
  void anEmptyOneLeavesRoom() {
    assertThat(history().noRoom(POLICY, "a")).isEmpty();
    assertThat(history().stopped(POLICY)).isEmpty();
  }

  @Test
  void limitsWhatRunsAtOnce() {
    VMEviction one = eviction("db", "a", EvictionPhase.PostCopy, 5);
    VMEviction two = eviction("web", "b", EvictionPhase.Pending, 5);
    assertThat(history(one).noRoom(POLICY, "a").orElseThrow()).contains("atOncePerNode");
    assertThat(history(one).noRoom(POLICY, "b")).isEmpty();
    assertThat(history(one, two).noRoom(POLICY, "c").orElseThrow()).contains("atOncePerCluster");
  }

  @Test
  void limitsWhatBeginsWithinAnHour() {
    VMEviction[] five =
        IntStream.range(0, 5)
            .mapToObj(i -> eviction("vm" + i, "n" + i, EvictionPhase.Succeeded, 600 + i))
            .toArray(VMEviction[]::new);
    assertThat(history(five).noRoom(POLICY, "a").orElseThrow()).contains("perHour");
    five[0] = eviction("vm0", "n0", EvictionPhase.Succeeded, 3700);
    assertThat(history(five).noRoom(POLICY, "a")).isEmpty();
  }

  @Test
  void givesWhatHasLeftTimeToHelp() {
    assertThat(
            history(eviction("db", "a", EvictionPhase.Succeeded, 40))
                .noRoom(POLICY, "a")
                .orElseThrow())
        .contains("nodeCoolDown");
    assertThat(history(eviction("db", "a", EvictionPhase.Succeeded, 80)).noRoom(POLICY, "a"))
        .isEmpty();
  }

  @Test
  void keepsAVmWhereItWentForItsCoolDown() {
    Duration halfAnHour = Duration.ofMinutes(30);
    History recent = history(eviction("db", "a", EvictionPhase.Succeeded, 1000));
    assertThat(recent.staysFor("shop", "db", halfAnHour).orElseThrow()).contains("vmCoolDown");
    assertThat(recent.staysFor("shop", "web", halfAnHour)).isEmpty();
    assertThat(
            history(eviction("db", "a", EvictionPhase.Succeeded, 2000))
                .staysFor("shop", "db", halfAnHour))
        .isEmpty();
  }

  @Test
  void threeFailuresInARowStopAPolicyForAnHour() {
    VMEviction good = eviction("v", "a", EvictionPhase.Succeeded, 3000);
    VMEviction one = eviction("w", "a", EvictionPhase.Failed, 2000);
    VMEviction two = eviction("x", "a", EvictionPhase.Failed, 1000);
    VMEviction three = eviction("y", "a", EvictionPhase.Failed, 500);
    assertThat(history(good, one, two).stopped(POLICY)).isEmpty();
    assertThat(history(good, one, two, three).stopped(POLICY).orElseThrow())
        .contains("3 evictions of this policy failed");
    assertThat(new History(List.of(good, one, two, three), NOW.plusSeconds(3600)).stopped(POLICY))
        .isEmpty();
  }

  @Test
  void remembersHowMuchOfAVmWasHot() {
    VMEviction eviction = eviction("db", "a", EvictionPhase.Succeeded, 500);
    eviction.getStatus().hints = new HintStatus(Hints.Source.Guest, 2L, 8192L, Map.of(), 100);
    assertThat(history(eviction).hotBytes("shop", "db")).hasValue(8192);
    assertThat(history(eviction).hotBytes("shop", "web")).isEmpty();
  }
}
