package io.hotfoot.operator.steering;

import static io.hotfoot.agent.v1.HintSource.HINT_SOURCE_GUEST;
import static io.hotfoot.agent.v1.HintSource.HINT_SOURCE_HOST;
import static io.hotfoot.agent.v1.HintSource.HINT_SOURCE_MEMORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.hotfoot.agent.v1.HintHeader;
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.agent.HintSet;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class HintLadderTest {
  private static final List<HintSource> BOTH = List.of(HINT_SOURCE_GUEST, HINT_SOURCE_HOST);
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final HintSet HINTS = of("hot");
  private static final HintSet COARSE = of("huge");

  private final Queue<HintSource> asked = new ConcurrentLinkedQueue<>();

  @Test
  void theBestThatAnswersGivesThem() throws Exception {
    HintOutcome outcome = climb(LONG, BOTH, source -> HINTS);
    assertThat(outcome.status().source()).isEqualTo(Hints.Source.Guest);
    assertThat(asked).containsExactly(HINT_SOURCE_GUEST);
  }

  @Test
  void theNextIsAskedAtOnceWhereOneFails() throws Exception {
    HintOutcome outcome =
        climb(LONG, BOTH, source -> source == HINT_SOURCE_GUEST ? refuse(source) : HINTS);
    assertThat(outcome.status().source()).isEqualTo(Hints.Source.Host);
    assertThat(outcome.message()).contains("7 pages, from the Host", "Guest: not here");
  }

  @Test
  void theNextIsAskedTooWhereOneIsSilent() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    HintOutcome outcome =
        climb(AT_ONCE, BOTH, source -> source == HINT_SOURCE_GUEST ? silence(over) : HINTS);
    over.countDown();
    assertThat(outcome.status().source()).isEqualTo(Hints.Source.Host);
    assertThat(outcome.message()).contains("Guest: no answer within 1 ms");
  }

  @Test
  void whatTheGuestGaveBeforeIsCalledTheGuests() throws Exception {
    HintOutcome outcome =
        climb(
            LONG,
            List.of(HINT_SOURCE_GUEST, HINT_SOURCE_MEMORY, HINT_SOURCE_HOST),
            source -> source == HINT_SOURCE_MEMORY ? old(HINTS, 90_000) : refuse(source));
    assertThat(outcome.status().source()).isEqualTo(Hints.Source.Guest);
    assertThat(outcome.message())
        .contains("7 pages, from the Guest, which gave them 90 s before", "Guest: not here");
  }

  @Test
  void oneThatAnswersLateIsStillTaken() throws Exception {
    HintOutcome outcome = climbWithGuestAfterHost(() -> refuse(HINT_SOURCE_HOST));
    assertThat(outcome.status().source()).isEqualTo(Hints.Source.Guest);
  }

  @Test
  void coarseOnesOfTheHostWaitForTheGuest() throws Exception {
    HintOutcome outcome = climbWithGuestAfterHost(() -> COARSE);
    assertThat(outcome.status().source()).isEqualTo(Hints.Source.Guest);
  }

  @Test
  void coarseOnesAreBetterThanNone() throws Exception {
    HintOutcome outcome =
        climb(LONG, BOTH, source -> source == HINT_SOURCE_GUEST ? refuse(source) : COARSE);
    assertThat(outcome.status().source()).isEqualTo(Hints.Source.Host);
  }

  @Test
  void whereAllFailEachSaysWhy() throws Exception {
    HintOutcome outcome = climb(LONG, BOTH, HintLadderTest::refuse);
    assertThat(outcome.reason()).isEqualTo(Reason.AllSourcesFailed);
    assertThat(outcome.message()).contains("Guest: not here; Host: not here");
  }

  @Test
  void anAgentThatIsGoneIsNotAskedAgain() throws Exception {
    HintOutcome outcome =
        climb(
            LONG,
            BOTH,
            source -> {
              throw new AgentException(Status.Code.UNAVAILABLE, "gone");
            });
    assertThat(outcome.reason()).isEqualTo(Reason.AllSourcesFailed);
    assertThat(asked).containsExactly(HINT_SOURCE_GUEST);
  }

  @Test
  void aFailureThatNobodyThoughtOfIsOne() throws Exception {
    HintOutcome outcome =
        climb(
            LONG,
            List.of(HINT_SOURCE_HOST),
            source -> {
              throw new IllegalStateException("surprise");
            });
    assertThat(outcome.message()).contains("surprise");
  }

  private static HintSet of(String hintClass) {
    return new HintSet(
        HintHeader.newBuilder().setPages(7).putClassPages(hintClass, 7).build(), List.of());
  }

  private static HintSet old(HintSet set, int ageMs) {
    return new HintSet(set.header().toBuilder().setAgeMs(ageMs).build(), set.chunks());
  }

  private interface Answer {
    HintSet of(HintSource source);
  }

  private HintOutcome climb(Duration patience, List<HintSource> rungs, Answer answer)
      throws InterruptedException {
    return new HintLadder(
            patience,
            LONG,
            (source, left) -> {
              asked.add(source);
              assertThat(left).isPositive();
              return answer.of(source);
            })
        .climb(rungs);
  }

  /** The guest answers once the host's answer has been handed in. */
  private HintOutcome climbWithGuestAfterHost(Supplier<HintSet> host) throws InterruptedException {
    CompletableFuture<Thread> askingHost = new CompletableFuture<>();
    return climb(
        AT_ONCE,
        BOTH,
        source -> {
          if (source == HINT_SOURCE_GUEST) {
            awaitEnd(askingHost.join());
            return HINTS;
          }
          askingHost.complete(Thread.currentThread());
          return host.get();
        });
  }

  private static void awaitEnd(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static HintSet refuse(HintSource source) {
    throw new AgentException(Status.Code.NOT_FOUND, "not here");
  }

  private static HintSet silence(CountDownLatch until) {
    await(until);
    return refuse(HINT_SOURCE_GUEST);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
