package io.hotfoot.operator.it;

import static io.hotfoot.operator.it.Pressed.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionBudget;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.agent.FakeAgent;
import io.hotfoot.operator.agent.LoopbackAgents;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two operators in processes of their own, of which the one that leads is killed while a node is
 * pressed. {@code -Dkills=20} does it so often.
 */
class LeaderKilledIT extends Scene {
  private static final int KILLS = Integer.getInteger("kills", Moment.values().length);

  /** When the leader is killed. */
  private enum Moment {
    ONSET,
    MIGRATING,
    POST_COPY
  }

  @TempDir Path dir;
  private final Map<String, OperatorProcess> operators = new HashMap<>();
  private LoopbackAgents loopback;

  @BeforeEach
  void startTwo() throws Exception {
    loopback = serveAgents(dir);
    start("operator-0");
    start("operator-1");
    operators.values().forEach(OperatorProcess::awaitReady);
    await("a leader").atMost(Duration.ofSeconds(30)).until(this::leader, Objects::nonNull);
  }

  @AfterEach
  void stopBoth() {
    client.resources(NodePressurePolicy.class).delete();
    operators.values().forEach(OperatorProcess::close);
    loopback.close();
  }

  @Test
  void theOtherGoesOnAndEvictsNobodyTwice() {
    calm();
    EvictionBudget budget = new EvictionBudget(1, 2, 1000, "30m", "1s", "24h");
    client.resource(Pressed.policy("relief", Enforcement.Enforce, budget)).create();
    for (int kill = 0; kill < KILLS; kill++) {
      Moment moment = Moment.values()[kill % Moment.values().length];
      String vm = "busy-" + kill;
      kubeVirt.runVm(vm);
      if (moment == Moment.MIGRATING) {
        kubeVirt.hold(FakeKubeVirt.Hold.SCHEDULING);
      }
      source().press(report(80, true, usage(vm)));
      String killed = killLeader(vm, moment);
      long since = System.nanoTime();
      String seen = version(vm);
      kubeVirt.letGo();
      await(vm + " to be evicted")
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                if (seen != null && source().isThrottled()) {
                  target().pull(FakeAgent.HOT_PAGES);
                }
                return !Objects.equals(version(vm), seen);
              });
      System.out.printf(
          "leader %s killed at %s: the other went on after %.1f s%n",
          killed, moment, (System.nanoTime() - since) / 1e9);
      awaitSuccess(vm);
      assertThat(leader()).isNotEqualTo(killed);
      calm();
      start(killed);
      operators.get(killed).awaitReady();
    }
    for (int kill = 0; kill < KILLS; kill++) {
      String vm = "busy-" + kill;
      assertThat(evictionsOf(vm)).as("evictions of " + vm).hasSize(1);
      assertThat(kubeVirt.migrations())
          .as("migrations of " + vm)
          .filteredOn(it -> vm.equals(it.getSpec().vmiName()))
          .hasSize(1);
      assertThat(kubeVirt.vm(vm).get().getStatus().nodeName()).isEqualTo(FakeKubeVirt.TARGET);
    }
  }

  /** As in a roll-out: it need not be waited for until its lease has run out. */
  @Test
  void aLeaderThatIsStoppedHandsOver() {
    String first = leader();
    operators.get(first).stop();
    await("another leader")
        .atMost(Duration.ofSeconds(20))
        .until(this::leader, it -> it != null && !it.isEmpty() && !it.equals(first));
  }

  private String killLeader(String vm, Moment moment) {
    String leader = leader();
    switch (moment) {
      case ONSET -> {}
      case MIGRATING -> awaitPhaseOf(vm, EvictionPhase.Migrating);
      case POST_COPY -> awaitPhaseOf(vm, EvictionPhase.PostCopy);
    }
    operators.get(leader).kill();
    return leader;
  }

  private void awaitPhaseOf(String vm, EvictionPhase phase) {
    await(vm + " in " + phase)
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                evictionsOf(vm).stream()
                    .anyMatch(it -> it.getStatus() != null && it.getStatus().phase == phase));
  }

  private void awaitSuccess(String vm) {
    await(vm + " to have left")
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              if (source().isThrottled() && target().hasHints()) {
                target().pull(FakeAgent.HOT_PAGES);
              }
              return evictionsOf(vm).stream()
                  .anyMatch(
                      it ->
                          it.getStatus() != null
                              && it.getStatus().phase == EvictionPhase.Succeeded);
            });
  }

  private void start(String name) {
    operators.put(
        name, new OperatorProcess(name, namespace, dir.resolve("ours/hotfoot-operator"), dir));
  }

  private String leader() {
    Lease lease = client.leases().inNamespace(namespace).withName("hotfoot-operator").get();
    return lease == null ? null : lease.getSpec().getHolderIdentity();
  }

  private List<VMEviction> evictionsOf(String vm) {
    return client.resources(VMEviction.class).inNamespace(namespace).list().getItems().stream()
        .filter(it -> vm.equals(it.getSpec().vmiName()))
        .toList();
  }

  /** Of its first eviction; null if there is none. */
  private String version(String vm) {
    return evictionsOf(vm).stream()
        .map(it -> it.getMetadata().getResourceVersion())
        .findFirst()
        .orElse(null);
  }

  private void calm() {
    source().press(report(2, false, usage(VM)));
    target().press(report(2, false));
  }

  private VmUsage usage(String vm) {
    return Pressed.usage(namespace, vm, 900);
  }
}
