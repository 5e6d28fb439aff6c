package io.hotfoot.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotfoot.agent.source.FakeMigration;
import io.hotfoot.agent.source.SourceEviction;
import io.hotfoot.agent.v1.HintSource;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EvictionsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Evictions evictions = new Evictions(nanos::get);

  @Test
  void oneUidIsOneEviction() {
    assertThat(evictions.open("a")).isSameAs(evictions.open("a"));
    assertThat(evictions.find("a")).contains(evictions.open("a"));
    assertThat(evictions.find("b")).isEmpty();
  }

  @Test
  void forgetsWhatNobodyAsksFor() {
    evictions.open("a");
    evictions.open("b");
    nanos.addAndGet(Evictions.KEPT_WITHOUT_INTEREST.toNanos());
    evictions.find("b");
    nanos.addAndGet(1);
    evictions.sweep();
    assertThat(evictions.find("a")).isEmpty();
    assertThat(evictions.find("b")).isPresent();
  }

  @Test
  void isBounded() {
    for (int i = 0; i < Evictions.MOST; i++) {
      evictions.open("e" + i);
    }
    evictions.open("e0");
    assertThatThrownBy(() -> evictions.open("one-more"))
        .hasMessageContaining("64 evictions already");
    evictions.forget("e0");
    evictions.open("one-more");
  }

  @Test
  void whatFailedToBeTakenMayBeAskedForAgain() {
    Eviction eviction = evictions.open("a");
    assertThatThrownBy(
            () ->
                eviction.hints(
                    HintSource.HINT_SOURCE_GUEST,
                    () -> {
                      throw new IllegalStateException("no guest agent");
                    }))
        .hasMessage("no guest agent");
    assertThatThrownBy(
            () ->
                eviction.hints(
                    HintSource.HINT_SOURCE_GUEST,
                    () -> {
                      throw new IllegalStateException("asked again");
                    }))
        .hasMessage("asked again");
  }

  @Test
  void atTheEndOfTheAgentAllEndAtOnce() throws Exception {
    CyclicBarrier together = new CyclicBarrier(3);
    for (int i = 0; i < together.getParties(); i++) {
      String uid = "e" + i;
      evictions.open(uid).source("m", () -> endsWithOthers(uid, together));
    }

    evictions.close();

    assertThat(together.isBroken()).as("one waited for another").isFalse();
    assertThat(evictions.find("e0")).isEmpty();
  }

  private static SourceEviction endsWithOthers(String uid, CyclicBarrier together) {
    FakeMigration migration = new FakeMigration();
    migration.whenClosed = () -> meet(together);
    return new SourceEviction(
        uid,
        migration,
        0,
        false,
        0,
        Duration.ofMinutes(1),
        () -> 0,
        Clock.systemUTC(),
        System::nanoTime,
        () -> {});
  }

  private static void meet(CyclicBarrier together) {
    try {
      together.await(4, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e); // the barrier is broken
    }
  }

  @Test
  void tellsOfChanges() {
    AssertSubscriber<String> reader =
        evictions.changes().subscribe().withSubscriber(AssertSubscriber.create(10));
    evictions.open("a");
    evictions.changed("a");
    evictions.forget("a");
    evictions.forget("a");
    reader.assertItems("a", "a");
  }
}
