package io.hotfoot.operator.steering;

import io.hotfoot.agent.v1.CollectHintsRequest;
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.HintStatus;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.operator.agent.Background;
import io.hotfoot.operator.agent.HintSet;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.eviction.Durations;
import io.hotfoot.operator.eviction.Eviction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes hints from the best source that answers, while the migration is being set up. */
public class HintCollection {
  /**
   * A guest without CPU to spare needs many seconds, and its node as many to have the migration
   * begin. No longer: where it has begun, all memory may be waiting for hints.
   */
  private static final Duration DEADLINE = Duration.ofSeconds(15);

  /**
   * A guest that has CPU answers sooner. The host's look then still ends about when the target's
   * pod is ready.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** The agents refuse less. */
  private static final Duration SHORTEST = Duration.ofMillis(100);

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
      case Auto -> {
        List<HintSource> all = new ArrayList<>(guests(eviction));
        all.add(HintSource.HINT_SOURCE_HOST);
        yield all;
      }
      case Guest -> guests(eviction);
      case Host -> List.of(HintSource.HINT_SOURCE_HOST);
      case None -> List.of();
    };
  }

  /**
   * On a pressed node a guest that is asked anew takes the CPU that its own migration needs to
   * begin.
   */
  private static List<HintSource> guests(Eviction eviction) {
    return eviction.isForPressure()
        ? List.of(HintSource.HINT_SOURCE_MEMORY, HintSource.HINT_SOURCE_GUEST)
        : List.of(HintSource.HINT_SOURCE_GUEST, HintSource.HINT_SOURCE_MEMORY);
  }

  private HintOutcome collect(Eviction eviction, List<HintSource> ladder)
      throws InterruptedException {
    return new HintLadder(PATIENCE, DEADLINE, (source, left) -> take(eviction, source, left))
        .climb(ladder);
  }

  private HintSet take(Eviction eviction, HintSource source, Duration left) {
    VmRef vm = sourceVm.ref(eviction);
    return agents
        .on(eviction.status().sourceNode)
        .collectHints(request(eviction, vm, source, left));
  }

  private static CollectHintsRequest request(
      Eviction eviction, VmRef vm, HintSource source, Duration left) {
    String window = eviction.spec().hints().window();
    return CollectHintsRequest.newBuilder()
        .setEvictionUid(eviction.uid())
        .setVm(vm)
        .setSource(source)
        .setWindowMs(window == null ? 0 : (int) Durations.parse(window).toMillis())
        .setDeadlineMs((int) Math.max(SHORTEST.toMillis(), left.toMillis()))
        .build();
  }
}
