package io.hotfoot.operator.steering;

import io.grpc.Status;
import io.hotfoot.agent.v1.CollectHintsRequest;
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.HintStatus;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.agent.Background;
import io.hotfoot.operator.agent.HintSet;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.eviction.Durations;
import io.hotfoot.operator.eviction.Eviction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes hints from the best source that answers, while the migration is being set up. */
public class HintCollection {
  /**
   * A guest without CPU to spare needs several seconds, of which the target's pod takes some to
   * start; virt-launcher's own switch comes later still.
   */
  private static final int DEADLINE_MS = 8_000;

  private final NodeAgents agents;
  private final SourceVm sourceVm;
  private final Background<HintOutcome> collecting;

  public HintCollection(NodeAgents agents, SourceVm sourceVm, Background<HintOutcome> collecting) {
    this.agents = agents;
    this.sourceVm = sourceVm;
    this.collecting = collecting;
  }

  /**
   * Starts collecting unless that is done already; absent until all is known, then in the status.
   */
  public Optional<HintOutcome> outcome(Eviction eviction) {
    Optional<HintOutcome> outcome = ask(eviction);
    outcome.filter(it -> eviction.status().hints == null).ifPresent(it -> it.note(eviction));
    return outcome;
  }

  private Optional<HintOutcome> ask(Eviction eviction) {
    List<HintSource> ladder = ladder(eviction);
    if (ladder.isEmpty() || hasFailed(eviction)) {
      return Optional.of(HintOutcome.none());
    }
    return collecting
        .ask(eviction.resource(), () -> collect(eviction, ladder))
        .map(
            result ->
                switch (result) {
                  case Background.Result.Done<HintOutcome> done -> done.value();
                  case Background.Result.Failed<HintOutcome> failed ->
                      HintOutcome.failed(List.of(failed.cause().toString()));
                });
  }

  /** Before a restart of this operator: a second try would come too late. */
  private static boolean hasFailed(Eviction eviction) {
    HintStatus known = eviction.status().hints;
    return known != null && known.source() == Hints.Source.None;
  }

  public void forget(Eviction eviction) {
    collecting.forget(eviction.uid());
  }

  private static List<HintSource> ladder(Eviction eviction) {
    if (eviction.mode() != EvictionMode.Enlightened) {
      return List.of();
    }
    return switch (eviction.spec().hints().source()) {
      case Auto -> List.of(HintSource.HINT_SOURCE_GUEST, HintSource.HINT_SOURCE_HOST);
      case Guest -> List.of(HintSource.HINT_SOURCE_GUEST);
      case Host -> List.of(HintSource.HINT_SOURCE_HOST);
      case None -> List.of();
    };
  }

  private HintOutcome collect(Eviction eviction, List<HintSource> ladder) {
    List<String> failures = new ArrayList<>();
    for (HintSource source : ladder) {
      try {
        VmRef vm = sourceVm.ref(eviction);
        HintSet set =
            agents.on(eviction.status().sourceNode).collectHints(request(eviction, vm, source));
        return HintOutcome.collected(nameOf(source), set, failures);
      } catch (AgentException e) {
        failures.add(nameOf(source) + ": " + e.getMessage());
        if (e.code() == Status.Code.UNAVAILABLE) {
          break;
        }
      }
    }
    return HintOutcome.failed(failures);
  }

  private static CollectHintsRequest request(Eviction eviction, VmRef vm, HintSource source) {
    String window = eviction.spec().hints().window();
    return CollectHintsRequest.newBuilder()
        .setEvictionUid(eviction.uid())
        .setVm(vm)
        .setSource(source)
        .setWindowMs(window == null ? 0 : (int) Durations.parse(window).toMillis())
        .setDeadlineMs(DEADLINE_MS)
        .build();
  }

  private static Hints.Source nameOf(HintSource source) {
    return source == HintSource.HINT_SOURCE_HOST ? Hints.Source.Host : Hints.Source.Guest;
  }
}
