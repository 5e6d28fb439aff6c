package io.hotfoot.agent.hints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hotfoot.agent.hints.GuestHints.GuestAgent;
import io.hotfoot.agent.libvirt.LibvirtErrors;
import io.hotfoot.agent.libvirt.LibvirtException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GuestLineTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<String> order = new CopyOnWriteArrayList<>();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answers = new CountDownLatch(1);

  @Test
  void executionWaitsForAnOpenAnswer() throws Exception {
    GuestLine line = new GuestLine(LONG);
    try (var threads = Executors.newCachedThreadPool()) {
      threads.submit(() -> line.over(this::slow).ask("{}", 1));
      asked.await();
      Thread moving = Thread.ofPlatform().start(() -> move(line));
      await().until(() -> moving.getState() == Thread.State.TIMED_WAITING);
      answers.countDown();
      moving.join();
    }
    assertThat(order).containsExactly("answered", "moved");
  }

  @Test
  void executionDoesNotWaitForAGuestThatNeverAnswers() throws Exception {
    GuestLine line = new GuestLine(Duration.ofMillis(1));
    try (var threads = Executors.newCachedThreadPool()) {
      Future<String> open = threads.submit(() -> line.over(this::slow).ask("{}", 1));
      asked.await();
      line.move(() -> order.add("moved"));
      answers.countDown();
      open.get(1, TimeUnit.MINUTES);
    }
    assertThat(order).containsExactly("moved", "answered");
  }

  @Test
  void nothingIsAskedOnceExecutionHasMoved() throws Exception {
    GuestLine line = new GuestLine();
    GuestAgent agent = line.over((json, timeout) -> "answer");
    assertThat(agent.ask("{}", 1)).isEqualTo("answer");
    line.move(() -> {});
    assertThatThrownBy(() -> agent.ask("{}", 1))
        .isInstanceOfSatisfying(NoHintsException.class, e -> assertThat(e.isLate()).isTrue())
        .hasMessageContaining("has moved");
  }

  @Test
  void nothingIsAskedOnALineThatIsHungUp() throws Exception {
    GuestLine line = new GuestLine();
    GuestAgent agent = line.over((json, timeout) -> "answer");
    line.hangUp();
    assertThatThrownBy(() -> agent.ask("{}", 1)).hasMessageContaining("an eviction asks");
  }

  @Test
  void aGuestThatMayNotMoveYetIsAskedFurther() throws Exception {
    GuestLine line = new GuestLine();
    LibvirtException refused = LibvirtErrors.of(55, "post-copy can only be started in a migration");
    assertThatThrownBy(
            () ->
                line.move(
                    () -> {
                      throw refused;
                    }))
        .isSameAs(refused);
    assertThat(line.over((json, timeout) -> "answer").ask("{}", 1)).isEqualTo("answer");
  }

  private String slow(String json, int timeoutSeconds) {
    asked.countDown();
    try {
      answers.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    order.add("answered");
    return "{}";
  }

  private void move(GuestLine line) {
    try {
      line.move(() -> order.add("moved"));
    } catch (LibvirtException e) {
      throw new AssertionError(e);
    }
  }
}
