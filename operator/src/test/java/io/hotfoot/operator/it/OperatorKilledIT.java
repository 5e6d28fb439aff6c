package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.agent.FakeAgent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator that is killed and started again ends the same eviction well. */
class OperatorKilledIT extends Scene {
  @ParameterizedTest
  @EnumSource(
      value = EvictionPhase.class,
      names = {"Pending", "Migrating", "PostCopy", "Draining", "Succeeded"})
  void killedIn(EvictionPhase phase) {
    holdIn(phase);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              pullAllAfter(phase);
              return eviction.get().getStatus();
            },
            it -> it != null && it.phase == phase);
    operator.kill();

    kubeVirt.setPhase("Deployed");
    kubeVirt.letGo();
    startOperator();
    assertEndsWell(eviction);
  }

  /** Cut off before its n-th write: in Preparing, and between any two steps of the other phases. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18})
  void killedBeforeWrite(int write) {
    DeadFrom dead = new DeadFrom(write);
    operator = RunningOperator.start(agents, dead);
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              pullAllAfter(EvictionPhase.Succeeded);
              return dead.hasDied() || isSucceeded(eviction);
            });
    operator.kill();

    startOperator();
    assertEndsWell(eviction);
  }

  private void assertEndsWell(Resource<VMEviction> eviction) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              pullAllAfter(EvictionPhase.Succeeded);
              return isSucceeded(eviction);
            });
    assertThat(kubeVirt.migrations()).hasSize(1);
    assertThat(kubeVirt.vm(VM).get().getStatus().nodeName()).isEqualTo(FakeKubeVirt.TARGET);
    assertNothingLeft();
  }

  private static boolean isSucceeded(Resource<VMEviction> eviction) {
    var status = eviction.get().getStatus();
    return status != null && status.phase == EvictionPhase.Succeeded;
  }

  private void holdIn(EvictionPhase phase) {
    switch (phase) {
      case Pending -> kubeVirt.setPhase("Deploying");
      case Migrating -> kubeVirt.hold(FakeKubeVirt.Hold.SCHEDULING);
      case PostCopy, Draining -> kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
      default -> {}
    }
  }

  /** The target's pages come, unless the eviction is to stay in post-copy. */
  private void pullAllAfter(EvictionPhase phase) {
    if (phase != EvictionPhase.PostCopy && source().isThrottled() && target().hasHints()) {
      target().pull(FakeAgent.HOT_PAGES);
    }
  }

  /** Lets no write through from the n-th on, as if the process were gone. */
  private static class DeadFrom implements Interceptor {
    private final int first;
    private final AtomicInteger writes = new AtomicInteger();

    DeadFrom(int first) {
      this.first = first;
    }

    boolean hasDied() {
      return writes.get() >= first;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (!request.method().equals("GET") && writes.incrementAndGet() >= first) {
        throw new KubernetesClientException("killed");
      }
    }
  }
}
