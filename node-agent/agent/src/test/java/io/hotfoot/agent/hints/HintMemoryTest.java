package io.hotfoot.agent.hints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.RamSegment;
import io.hotfoot.agent.vm.VmId;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class HintMemoryTest {
  private static final VmId WEB = new VmId("shop", "web", "pod-of-web");
  private static final VmId DB = new VmId("shop", "db", "pod-of-db");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final Queue<VmId> asked = new ConcurrentLinkedQueue<>();
  private HintMemory.Taker guest = (vm, line) -> hints(10);
  private HintMemory memory =
      new HintMemory(
          true,
          (vm, line) -> {
            asked.add(vm);
            return guest.take(vm, line);
          },
          now::get);

  @AfterEach
  void close() {
    memory.close();
  }

  private static CollectedHints hints(int bytes) throws HintFormatException {
    RamLayout layout = new RamLayout(List.of(new RamSegment(0, 1024, "pc.ram", 1024 << 12, 0)));
    byte[] set =
        new HintSetWriter(1024).section(HintClass.HOT, 1, RoaringBitmap.bitmapOf(1, 2, 3)).bytes();
    PullList list = PullList.of(HintSetReader.read(set), layout);
    return new CollectedHints(HintSource.HINT_SOURCE_GUEST, new byte[bytes], layout, list, 1500, 0);
  }

  /** The node is looked at, calm, until so many guests have been asked. */
  private void watchUntilAsked(int times, VmId... vms) {
    await()
        .until(
            () -> {
              memory.watched(false, List.of(vms));
              return asked.size() >= times;
            });
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  /** A guest is remembered from when it is first seen. */
  private void settle(VmId... vms) {
    memory.watched(false, List.of(vms));
    pass(HintMemory.SETTLING);
  }

  private CollectedHints recalled(VmId vm) {
    return await().ignoreExceptions().until(() -> memory.recall(vm), it -> it != null);
  }

  private void awaitRefusal(VmId vm, String why) {
    await()
        .untilAsserted(() -> assertThatThrownBy(() -> memory.recall(vm)).hasMessageContaining(why));
  }

  @Test
  void remembersWhatAGuestGaveWhileTheNodeWasCalm() {
    settle(WEB);
    watchUntilAsked(1, WEB);
    recalled(WEB);
    pass(Duration.ofMinutes(4));
    CollectedHints hints = recalled(WEB);
    assertThat(hints.source()).isEqualTo(HintSource.HINT_SOURCE_MEMORY);
    assertThat(hints.ageMs()).isEqualTo(240_000);
    assertThat(hints.list().pages()).isEqualTo(3);
    assertThat(memory.hintedBytes(WEB.launcherPodUid())).isEqualTo(3 * 4096);
  }

  @Test
  void asksNobodyWhileTheNodeIsPressedNorSoonAfter() {
    settle(WEB);
    memory.watched(true, List.of(WEB));
    pass(HintMemory.CALM);
    memory.watched(false, List.of(WEB));
    assertThat(asked).isEmpty();
    pass(Duration.ofNanos(1));
    watchUntilAsked(1, WEB);
    assertThat(asked).containsExactly(WEB);
  }

  @Test
  void asksOneGuestAfterTheOtherAndAgainAfterAWhile() {
    settle(WEB, DB);
    watchUntilAsked(2, WEB, DB);
    assertThat(asked).containsExactlyInAnyOrder(WEB, DB);
    pass(HintMemory.ASK_ANEW.minusSeconds(1));
    memory.watched(false, List.of(WEB, DB));
    assertThat(asked).hasSize(2);
    pass(Duration.ofSeconds(1));
    watchUntilAsked(4, WEB, DB);
    assertThat(asked).containsExactlyInAnyOrder(WEB, DB, WEB, DB);
  }

  @Test
  void aGuestThatGivesNoneIsAskedAgainAndSaysWhy() {
    guest =
        (vm, line) -> {
          throw NoHintsException.unable("no collector");
        };
    settle(WEB);
    watchUntilAsked(1, WEB);
    awaitRefusal(WEB, "no collector");
    guest =
        (vm, line) -> {
          throw new IllegalStateException("nobody thought of it");
        };
    pass(HintMemory.ASK_AGAIN);
    watchUntilAsked(2, WEB);
    awaitRefusal(WEB, "nobody thought of it");
  }

  @Test
  void anEvictionHasItsGuestToItself() {
    CountDownLatch open = new CountDownLatch(1);
    guest =
        (vm, line) -> {
          open.await();
          line.over((json, timeout) -> "").ask("{}", 1);
          return hints(10);
        };
    settle(WEB);
    watchUntilAsked(1, WEB);
    memory.leaveAlone(WEB);
    open.countDown();
    awaitRefusal(WEB, "an eviction asks");
    pass(HintMemory.LEFT_ALONE.minusSeconds(1));
    memory.watched(false, List.of(WEB));
    assertThat(asked).hasSize(1);
    pass(Duration.ofSeconds(1));
    watchUntilAsked(2, WEB);
    recalled(WEB);
  }

  @Test
  void whatIsOldIsForgotten() {
    settle(WEB);
    watchUntilAsked(1, WEB);
    recalled(WEB);
    pass(HintMemory.KEPT.plusSeconds(1));
    assertThatThrownBy(() -> memory.recall(WEB)).isInstanceOf(NoHintsException.class);
    assertThat(memory.hintedBytes(WEB.launcherPodUid())).isZero();
  }

  @Test
  void aVmThatHasLeftIsForgotten() {
    settle(WEB);
    watchUntilAsked(1, WEB);
    recalled(WEB);
    await()
        .untilAsserted(
            () -> {
              memory.watched(false, List.of());
              assertThat(memory.hintedBytes(WEB.launcherPodUid())).isZero();
            });
  }

  @Test
  void guestsThatGiveMuchCostTheAgentNoMoreThanIsSaid() {
    guest = (vm, line) -> hints((int) HintMemory.MOST_BYTES - 5);
    settle(WEB, DB);
    watchUntilAsked(1, WEB, DB);
    VmId first = asked.element();
    VmId second = first.equals(WEB) ? DB : WEB;
    pass(Duration.ofSeconds(1));
    watchUntilAsked(2, WEB, DB);
    recalled(second);
    awaitRefusal(first, "no more are");
  }

  @Test
  void whereItIsSwitchedOffItSaysSo() {
    memory = new HintMemory(false, guest, now::get);
    settle(WEB);
    memory.watched(false, List.of(WEB));
    assertThatThrownBy(() -> memory.recall(WEB)).hasMessageContaining("agent.rememberHints");
  }
}
