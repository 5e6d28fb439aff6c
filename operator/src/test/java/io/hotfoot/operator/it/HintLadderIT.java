package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.dsl.Resource;
import io.grpc.Status;
import io.hotfoot.api.v1alpha1.EvictionCondition.Type;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.agent.FakeAgent;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From which source hints come, as the better ones fail. */
class HintLadderIT extends Scene {
  @Test
  void theHostIsAskedWhereTheGuestHasNoCollector() {
    source().refuse("CollectHints", Status.NOT_FOUND.withDescription("hotfoot-hints is missing"));
    source().lookItself();
    assertComesFromHost(Hints.Source.Auto, "hotfoot-hints is missing");
  }

  @Test
  void theHostIsAskedWhereTheGuestDoesNotAnswerInTime() {
    source().silenceGuest();
    source().lookItself();
    assertComesFromHost(Hints.Source.Auto, "Guest: no answer within");
  }

  @Test
  void whatASilentGuestGaveBeforeIsTaken() {
    source().silenceGuest();
    source().remember(240_000);
    source().lookItself();
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened, "10m", Hints.Source.Auto);
    assertThat(awaitReason(eviction, Type.HintsCollected, Reason.Collected).message())
        .contains("from the Guest, which gave them 240 s before", "Guest: no answer within");
    assertThat(awaitPhase(eviction, EvictionPhase.Succeeded).hints.source())
        .isEqualTo(Hints.Source.Guest);
  }

  @Test
  void onAPressedNodeWhatIsRememberedIsTakenAtOnce() {
    source().remember(240_000);
    startOperator();
    Map<String, String> byPolicy = Map.of(NodePressurePolicy.POLICY_LABEL, "relief");
    Resource<VMEviction> eviction =
        create("evict", byPolicy, spec(VM, EvictionMode.Enlightened, "10m", Hints.Source.Auto));
    assertThat(awaitReason(eviction, Type.HintsCollected, Reason.Collected).message())
        .isEqualTo("100 pages, from the Guest, which gave them 240 s before");
  }

  @Test
  void theGuestIsNotAskedWhereTheHostIsWanted() {
    source().silenceGuest();
    source().lookItself();
    assertComesFromHost(Hints.Source.Host, "100 pages, from the Host");
  }

  @Test
  void withoutTheHostAnEvictionThatWantsItHasNone() {
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened, "10m", Hints.Source.Host);
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(status.hints.source()).isEqualTo(Hints.Source.None);
    assertThat(condition(status, Type.HintsCollected).message())
        .contains("Host: the agent on node", "switched off here");
  }

  private void assertComesFromHost(Hints.Source asked, String message) {
    startOperator();
    Resource<VMEviction> eviction = evict(EvictionMode.Enlightened, "10m", asked);
    assertThat(awaitReason(eviction, Type.HintsCollected, Reason.Collected).message())
        .contains(message);
    awaitPhase(eviction, EvictionPhase.PostCopy);
    target().pull(FakeAgent.HOT_PAGES);
    VMEvictionStatus status = awaitPhase(eviction, EvictionPhase.Succeeded);
    assertThat(status.hints.source()).isEqualTo(Hints.Source.Host);
    assertNothingLeft();
  }
}
