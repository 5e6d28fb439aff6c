package io.hotfoot.lab.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Waits beside faults: what cannot be asked for now is asked for again. */
final class Patience {
  private Patience() {}

  /**
   * Asks until the answer is as wanted, or for so long; returns the last answer, null where there
   * was none.
   */
  static <T> T until(Duration atMost, long everyMs, Callable<T> question, Predicate<T> wanted)
      throws InterruptedException {
    var end = Instant.now().plus(atMost);
    T answer = null;
    while (true) {
      try {
        answer = question.call();
        if (wanted.test(answer)) {
          return answer;
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        // Of the fault: the API server or a node's kubelet does not answer, say.
      }
      if (Instant.now().isAfter(end)) {
        return answer;
      }
      Thread.sleep(everyMs);
    }
  }
}
