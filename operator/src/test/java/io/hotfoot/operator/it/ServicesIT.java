package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionCondition.Type;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.kubevirt.Launchers;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where Services lead while a VM leaves: what the API server has of it. Kubelets do the rest. */
class ServicesIT extends Scene {
  private static final Map<String, String> USERS = FakePods.LABELS;
  private static final String OF_VM = "kubevirt.io/created-by";

  @Test
  void theyFollowAtTheSwitch() {
    serve("web", USERS);
    serve("others", Map.of("app", "fake", "tier", "other"));
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.PostCopy);

    EvictionCondition condition =
        awaitReason(eviction, Type.ServicesFollowed, Reason.ServicesMoved);
    assertThat(condition.message()).isEqualTo("lead to node node-b: web");
    assertThat(sourceLabels()).containsKey(OF_VM).doesNotContainKey("app");
    assertThat(targetPod().getMetadata().getLabels()).containsKeys(OF_VM, "app");
    assertThat(Launchers.isUnpaused(targetPod())).isTrue();
    assertThat(eviction.get().getStatus().phase.isFinal()).isFalse();
  }

  @Test
  void byPreCopyTheyLeaveTheSourceAtTheEnd() {
    serve("web", USERS);
    kubeVirt.hold(FakeKubeVirt.Hold.COMPLETION);
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.PreCopy);
    awaitReason(eviction, Type.ExecutionTransferred, Reason.WaitingForSwitch);
    assertThat(sourceLabels()).containsKey("app");
    kubeVirt.letGo();

    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(condition(status, Type.ServicesFollowed).reason()).isEqualTo(Reason.ServicesMoved);
    assertThat(sourceLabels()).doesNotContainKey("app");
  }

  @Test
  void whatNoServiceSelectsByIsLeftAlone() {
    serve("without-selector", Map.of());
    serve("others", Map.of("app", "other"));
    startOperator();

    VMEvictionStatus status = awaitPhase(evict(EvictionMode.PostCopy), EvictionPhase.Succeeded);
    assertThat(condition(status, Type.ServicesFollowed).reason()).isEqualTo(Reason.NoServices);
    assertThat(sourceLabels()).containsKeys("app", "kubevirt.io");
    assertThat(Launchers.isUnpaused(targetPod())).isFalse();
  }

  @Test
  void byKubeVirtsOwnLabelsTheyLeadToBoth() {
    serve("web", USERS);
    serve("exposed", Map.of("kubevirt.io", "virt-launcher"));
    startOperator();

    VMEvictionStatus status = awaitPhase(evict(EvictionMode.PostCopy), EvictionPhase.Succeeded);
    EvictionCondition condition = condition(status, Type.ServicesFollowed);
    assertThat(condition.status()).isEqualTo(EvictionCondition.Status.False);
    assertThat(condition.reason()).isEqualTo(Reason.ServicesShared);
    assertThat(condition.message()).contains("node-a", ": exposed.");
    assertThat(sourceLabels()).containsKey("kubevirt.io").doesNotContainKey("app");
    assertThat(Launchers.isUnpaused(targetPod())).isTrue();
  }

  @Test
  void noneLeadsToAVmThatIsPaused() {
    serve("web", USERS);
    kubeVirt.pods().setUnpaused(kubeVirt.pods().launcher(VM).get(), false);
    startOperator();

    VMEvictionStatus status = awaitPhase(evict(EvictionMode.PostCopy), EvictionPhase.Succeeded);
    assertThat(condition(status, Type.ServicesFollowed).reason()).isEqualTo(Reason.ServicesMoved);
    assertThat(Launchers.isUnpaused(targetPod())).isFalse();
  }

  @Test
  void anEvictionSucceedsWhereTheyMayNotFollow() {
    serve("web", USERS);
    Pod launcher = kubeVirt.pods().launcher(VM).get();
    launcher.getMetadata().getLabels().remove("kubevirt.io");
    client.resource(launcher).update();
    OperatorRights.awaitDenied(launcher);
    startOperator();

    VMEvictionStatus status = awaitPhase(evict(EvictionMode.PostCopy), EvictionPhase.Succeeded);
    EvictionCondition condition = condition(status, Type.ServicesFollowed);
    assertThat(condition.status()).isEqualTo(EvictionCondition.Status.False);
    assertThat(condition.reason()).isEqualTo(Reason.ServicesStayed);
    assertThat(condition.message()).contains("node-a", "may change virt-launcher pods only");
  }

  private Map<String, String> sourceLabels() {
    return kubeVirt.pods().launcher(VM).get().getMetadata().getLabels();
  }

  private Pod targetPod() {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("kubevirt.io/migrationJobUID")
        .list()
        .getItems()
        .getFirst();
  }
}
