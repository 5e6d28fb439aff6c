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
import io.hotfoot.api.v1alpha1.PlanStatus;
import io.hotfoot.api.v1alpha1.TargetHeadroom;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.api.v1alpha1.VictimSelection;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
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
            new VictimSelection(null, null, null),
            new TargetHeadroom(null, 20, 10),
            new EvictionBudget(1, 2, 5, "30m", "1m", "24h"),
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

  /** One that went to this node, and had disturbed its guest for 8 s. */
  private static VMEviction moved(String vm, String from, String to, int secondsAgo) {
    VMEviction eviction = eviction(vm, from, EvictionPhase.Succeeded, secondsAgo);
    eviction.getStatus().sourceNode = from;
    eviction.getStatus().targetNode = to;
    eviction.getStatus().timing.executionTransferred = NOW.minusSeconds(secondsAgo - 2L);
    return eviction;
  }

  @Test
  void limitsHowLongGuestsAreDisturbed() {
    NodePressurePolicy strict = policy();
    EvictionBudget budget = new EvictionBudget(1, 2, 100, "30m", "1s", "20s");
    NodePressurePolicySpec spec = strict.getSpec();
    strict.setSpec(
        new NodePressurePolicySpec(
            null, List.of(), spec.victims(), spec.target(), budget, Enforcement.Enforce, false));
    VMEviction one = moved("db", "a", "b", 900);
    VMEviction two = moved("web", "c", "d", 800);
    assertThat(history(one, two).noRoom(strict, "a")).isEmpty();
    assertThat(history(one, two, moved("mq", "e", "f", 700)).noRoom(strict, "a").orElseThrow())
        .contains("disturbed for 24 s")
        .contains("disturbedPerHour is 20s");
    two.getStatus().timing.workingSetResident = NOW.minusSeconds(797);
    assertThat(history(one, two, moved("mq", "e", "f", 700)).noRoom(strict, "a")).isEmpty();
    assertThat(
            history(moved("mq", "e", "f", 4000), moved("mr", "e", "f", 4000), one, two)
                .noRoom(strict, "a"))
        .isEmpty();
  }

  @Test
  void oneThatIsUnderWayDisturbsUntilNow() {
    VMEviction runs = moved("db", "a", "b", 700);
    runs.getStatus().phase = EvictionPhase.PostCopy;
    runs.getStatus().timing.completed = null;
    assertThat(history(runs).noRoom(POLICY, "c")).isEmpty();
    VMEviction longer = moved("db", "a", "b", 3500);
    longer.getStatus().phase = EvictionPhase.PostCopy;
    longer.getStatus().timing.completed = null;
    NodePressurePolicy strict = policy();
    NodePressurePolicySpec spec = strict.getSpec();
    strict.setSpec(
        new NodePressurePolicySpec(
            null,
            List.of(),
            spec.victims(),
            spec.target(),
            new EvictionBudget(1, 2, 5, "30m", "1m", "30m"),
            Enforcement.Enforce,
            false));
    assertThat(history(longer).noRoom(strict, "c").orElseThrow()).contains("disturbedPerHour");
  }

  @Test
  void pressureThatFollowsTheVmsStopsAPolicy() {
    VMEviction[] chase = {
      moved("v", "a", "b", 1000), moved("w", "b", "c", 800), moved("x", "c", "d", 600),
    };
    assertThat(history(chase).stopped(POLICY)).isEmpty();
    VMEviction[] on = Arrays.copyOf(chase, 4);
    on[3] = moved("y", "d", "e", 400);
    assertThat(history(on).stopped(POLICY).orElseThrow())
        .contains("of the 4 that this policy moved within the hour, 3 (as shop/x) came to a node");
    // Long after, it is not the VM's doing.
    on[3] = moved("y", "d", "e", -200);
    assertThat(history(on).stopped(POLICY)).isEmpty();
  }

  @Test
  void knowsWhichNodesWereJustLeft() {
    History history = history(moved("db", "a", "b", 40));
    assertThat(history.isLeft("a", Duration.ofMinutes(1))).isTrue();
    assertThat(history.isLeft("a", Duration.ofSeconds(10))).isFalse();
    assertThat(history.isLeft("b", Duration.ofMinutes(1))).isFalse();
  }

  @Test
  void remembersWhatANodesLinkCarried() {
    VMEviction eviction = moved("db", "a", "b", 500);
    eviction.getStatus().plan =
        new PlanStatus(PlanStatus.Order.HintedFirst, 50_000_000L, 1000, 20_000, null);
    assertThat(history(eviction).linkBytes("a")).hasValue(50_000_000);
    assertThat(history(eviction).linkBytes("b")).isEmpty();
  }

  @Test
  void namesWhatCanStillBeCalledOff() {
    VMEviction waits = eviction("db", "a", EvictionPhase.Migrating, 5);
    VMEviction moved = moved("web", "b", "c", 5);
    moved.getStatus().phase = EvictionPhase.PostCopy;
    assertThat(history(waits, moved).notYetMoved(POLICY)).containsExactly(waits);
  }
}
