package io.hotfoot.operator.steering;

import io.grpc.Status;
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.agent.HintSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Asks sources for hints, the best first. The next one is asked as soon as the one before has
 * failed, or has not answered for a while. Whichever has them first gives them; only coarse ones of
 * the host, which tell no hot page from its 511 neighbours, wait for what the others say.
 */
final class HintLadder {
  /** As docs/hint-format.md calls user pages of 4 KiB that were accessed. */
  private static final String HOT = "hot";

  private final Duration patience;
  private final Duration all;
  private final Source source;
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final List<String> failures = new ArrayList<>();

  /** Asks one source. */
  interface Source {
    /**
     * @param left until the answer must be there
     * @throws AgentException if it gives none
     */
    HintSet ask(HintSource source, Duration left);
  }

  /** Exactly one of set and failure is there. */
  private record Answer(HintSource source, HintSet set, AgentException failure) {
    boolean isCoarse() {
      return source == HintSource.HINT_SOURCE_HOST
          && set.header().getClassPagesOrDefault(HOT, 0) == 0;
    }
  }

  /**
   * @param patience with a source that does not answer, before the next is asked too
   * @param all how long all of it may take
   */
  HintLadder(Duration patience, Duration all, Source source) {
    this.patience = patience;
    this.all = all;
    this.source = source;
  }

  HintOutcome climb(List<HintSource> rungs) throws InterruptedException {
    long begun = System.nanoTime();
    int asked = 0;
    int answered = 0;
    Answer coarse = null;
    while (answered < rungs.size()) {
      if (asked < rungs.size()) {
        ask(rungs.get(asked++), all.minusNanos(System.nanoTime() - begun));
      }
      Answer answer = asked < rungs.size() ? await(patience, rungs.get(asked - 1)) : answers.take();
      if (answer == null) {
        continue;
      }
      answered++;
      if (answer.set != null && !answer.isCoarse()) {
        return collected(answer);
      }
      if (answer.set != null) {
        coarse = answer;
        continue;
      }
      failures.add(called(answer.source) + ": " + answer.failure.getMessage());
      if (answer.failure.code() == Status.Code.UNAVAILABLE) {
        break; // the agent itself is gone
      }
    }
    return coarse == null ? HintOutcome.failed(failures) : collected(coarse);
  }

  private HintOutcome collected(Answer answer) {
    return HintOutcome.collected(nameOf(answer.source), answer.set, failures);
  }

  private Answer await(Duration time, HintSource asked) throws InterruptedException {
    Answer answer = answers.poll(time.toMillis(), TimeUnit.MILLISECONDS);
    if (answer == null) {
      failures.add("%s: no answer within %d ms".formatted(called(asked), time.toMillis()));
    }
    return answer;
  }

  private void ask(HintSource rung, Duration left) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                answers.add(new Answer(rung, source.ask(rung, left), null));
              } catch (AgentException e) {
                answers.add(new Answer(rung, null, e));
              } catch (RuntimeException e) {
                answers.add(
                    new Answer(rung, null, new AgentException(Status.Code.INTERNAL, e.toString())));
              }
            });
  }

  private static String called(HintSource source) {
    return source == HintSource.HINT_SOURCE_MEMORY ? "Guest before" : nameOf(source).name();
  }

  private static Hints.Source nameOf(HintSource source) {
    return source == HintSource.HINT_SOURCE_HOST ? Hints.Source.Host : Hints.Source.Guest;
  }
}
