package io.hotfoot.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hotfoot.agent.libvirt.DomainListener.Lifecycle;
import io.hotfoot.agent.libvirt.DomainState;
import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtErrors;
import io.hotfoot.agent.libvirt.LibvirtException;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.SourceReport.Order;
import io.hotfoot.agent.v1.SourceReport.State;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceEvictionTest {
  private static final long THROTTLE = 1 << 20;
  private static final Duration LEASE = Duration.ofSeconds(10);

  private final FakeMigration migration = new FakeMigration();
  private final AtomicLong nanos = new AtomicLong();
  private double cpuWait;
  private final AtomicInteger changes = new AtomicInteger();
  private SourceEviction eviction = eviction(false, 0);

  private SourceEviction eviction(boolean hintsFollow, long hintedBytes) {
    return new SourceEviction(
        "e",
        migration,
        THROTTLE,
        hintsFollow,
        hintedBytes,
        LEASE,
        () -> cpuWait,
        Clock.systemUTC(),
        nanos::get,
        changes::incrementAndGet);
  }

  @AfterEach
  void close() {
    eviction.close();
  }

  @Test
  void throttlesAndThenSwitchesAtTheFirstIteration() throws Exception {
    eviction.arm();
    assertThat(eviction.report().getState()).isEqualTo(State.SOURCE_ARMED);
    migration.listener.iterationBegan(2);
    migration.listener.iterationBegan(3);
    migration.listener.lifecycle(Lifecycle.SWITCHED);
    SourceReport report = awaitState(State.SOURCE_POSTCOPY);
    assertThat(migration.calls).containsExactly("limit " + THROTTLE, "start");
    assertThat(report.getThrottled()).isTrue();
    assertThat(report.getMigrationStartedMs()).isPositive();
    assertThat(report.getSwitchAskedMs()).isPositive();
    assertThat(report.getSwitchedMs()).isPositive();
    assertThat(changes).hasPositiveValue();
  }

  @Test
  void switchesAMigrationThatRunsAlready() throws Exception {
    migration.job = FakeMigration.MIGRATING;
    eviction.arm();
    await().until(() -> migration.calls.contains("start"));
    assertThat(eviction.report().getMemoryRemaining()).isEqualTo(600);
  }

  @Test
  void looksHowFastTheStreamIsBeforeItSwitches() throws Exception {
    lookedAtStreamOf(50 << 20);
    assertThat(migration.calls).containsExactly("limit " + THROTTLE, "start");
    SourceReport report = eviction.report();
    assertThat(report.getStreamBytesPerSecond()).isEqualTo(50 << 20);
    assertThat(report.getHintedFirstMs()).isEqualTo(1280);
    assertThat(report.getStreamedMs()).isEqualTo(20_330);
    assertThat(report.getOrder()).isEqualTo(Order.ORDER_HINTED_FIRST);
  }

  @Test
  void aStreamThatIsSoonerDoneThanThePullsIsNotHeldBack() throws Exception {
    lookedAtStreamOf(1000 << 20);
    assertThat(migration.calls).containsExactly("start");
    assertThat(eviction.report().getOrder()).isEqualTo(Order.ORDER_STREAMED);
  }

  /** 2.6 s at 25 MiB/s, where it took 1.1 s at 60. */
  @Test
  void fromASourceWithoutCpuPullsAreThoughtSlower() throws Exception {
    cpuWait = 0.9;
    lookedAtStreamOf(400 << 20);
    assertThat(migration.calls).containsExactly("start");
    assertThat(eviction.report().getHintedFirstMs()).isEqualTo(2560);
  }

  @Test
  void aStreamThatOnlySeemedFastIsHeldBackAfterTheSwitch() throws Exception {
    lookedAtStreamOf(1000 << 20);
    migration.state = DomainState.POSTCOPY;
    awaitLooks();
    nanos.addAndGet(PullTrial.SETTLING.toNanos());
    awaitLooks();
    migration.job = FakeMigration.remaining(migration.job.memoryRemaining() - (30 << 20));
    nanos.addAndGet(PullTrial.FLOWING.toNanos());
    await().until(() -> eviction.report().getOrder() == Order.ORDER_HINTED_FIRST);
    assertThat(migration.calls).containsExactly("start", "limit " + THROTTLE);
  }

  private void awaitLooks() {
    int looks = migration.jobLooks.get();
    await().until(() -> migration.jobLooks.get() > looks + 1);
  }

  /** 64 MiB are hinted, 1024 MiB are there; all that moves meanwhile moves at this rate. */
  private void lookedAtStreamOf(int bytesPerSecond) throws Exception {
    long total = 1L << 30;
    eviction.close();
    migration.calls.clear();
    eviction = eviction(false, 64 << 20);
    migration.job = FakeMigration.remaining(total);
    eviction.arm();
    await().until(() -> eviction.report().getMemoryRemaining() == total);
    migration.listener.iterationBegan(1);
    assertThat(migration.calls).isEmpty();
    migration.job = FakeMigration.remaining(total - bytesPerSecond * 150L / 1000);
    nanos.addAndGet(Steering.LOOK.toNanos());
    await().until(() -> migration.calls.contains("start"));
  }

  @Test
  void waitsForHintsThatFollow() throws LibvirtException {
    eviction.close();
    migration.calls.clear();
    eviction = eviction(true, 0);
    migration.job = FakeMigration.remaining(1L << 30);
    eviction.arm();
    migration.listener.iterationBegan(1);
    await().until(() -> eviction.report().getState() == State.SOURCE_PRECOPY);
    eviction.hinted(64 << 20);
    eviction.hinted(0); // does nothing: what is hinted is known
    await().until(() -> migration.jobLooks.get() > 0);
    assertThat(migration.calls).isEmpty();
    migration.job = FakeMigration.remaining((1L << 30) - (8 << 20));
    nanos.addAndGet(Steering.LOOK.toNanos());
    await().until(() -> migration.calls.contains("start"));
    assertThat(migration.calls).containsExactly("limit " + THROTTLE, "start");
  }

  @Test
  void waitsForHintsNoLongerThanOnePass() {
    eviction.close();
    migration.calls.clear();
    eviction = eviction(true, 0);
    migration.listener = eviction;
    migration.listener.iterationBegan(1);
    migration.listener.iterationBegan(2);
    await().until(() -> migration.calls.contains("start"));
    assertThat(migration.calls).containsExactly("start");
  }

  @Test
  void whatSwitchedByItselfIsThrottledOnceThereAreHints() throws Exception {
    eviction.close();
    migration.calls.clear();
    migration.state = DomainState.POSTCOPY;
    migration.job = FakeMigration.MIGRATING;
    eviction = eviction(true, 0);
    eviction.arm();
    awaitState(State.SOURCE_POSTCOPY);
    assertThat(migration.calls).isEmpty();
    eviction.hinted(64 << 20);
    await().until(() -> eviction.report().getThrottled());
    assertThat(migration.calls).containsExactly("limit " + THROTTLE);
  }

  @Test
  void guestsThatGiveNoHintsAreNotWaitedFor() {
    eviction.close();
    migration.calls.clear();
    eviction = eviction(true, 0);
    migration.listener = eviction;
    migration.listener.iterationBegan(1);
    eviction.hinted(0);
    await().until(() -> migration.calls.contains("start"));
    assertThat(migration.calls).containsExactly("start");
  }

  @Test
  void waitsWhileLibvirtOnlyPreparesTheMigration() throws Exception {
    migration.job = FakeMigration.stats(JobStats.Phase.ACTIVE, 0);
    eviction.arm();
    eviction.release(false); // has passed through the thread after the first look
    assertThat(migration.calls).isEmpty();
    assertThat(eviction.report().getState()).isEqualTo(State.SOURCE_ARMED);
  }

  @Test
  void takesOverAMigrationThatHasSwitched() throws Exception {
    migration.state = DomainState.POSTCOPY;
    migration.job = FakeMigration.MIGRATING;
    eviction.arm();
    assertThat(awaitState(State.SOURCE_POSTCOPY).getThrottled()).isTrue();
    assertThat(migration.calls).containsExactly("limit " + THROTTLE);
  }

  @Test
  void releaseLiftsTheThrottleForGood() throws Exception {
    switched();
    eviction.release(false);
    assertThat(eviction.report().getThrottled()).isFalse();
    eviction.release(false);
    assertThat(migration.calls).containsExactly("limit " + THROTTLE, "start", "limit 0");
  }

  @Test
  void onceAllIsPulledTheThrottleGoesAsSoonAsTheGuestAsksForFewOthers() throws Exception {
    switched();
    migration.state = DomainState.POSTCOPY;
    migration.job = FakeMigration.MIGRATING;
    nanos.addAndGet(MissedPages.LOOK.multipliedBy(3).toNanos());
    eviction.release(true);
    assertThat(eviction.report().getThrottled()).isTrue();
    awaitLooks();
    assertThat(migration.calls).containsExactly("limit " + THROTTLE, "start");
    nanos.addAndGet(MissedPages.LOOK.toNanos());
    await().until(() -> !eviction.report().getThrottled());
    assertThat(migration.calls).containsExactly("limit " + THROTTLE, "start", "limit 0");
  }

  @Test
  void aStreamThatWasHeldBackForLongGoesOn() throws Exception {
    lookedAtStreamOf(50 << 20);
    migration.state = DomainState.POSTCOPY;
    awaitLooks();
    assertThat(eviction.report().getThrottled()).isTrue();
    nanos.addAndGet(Duration.ofMillis(eviction.report().getStreamedMs() / 3 + 200).toNanos());
    await().until(() -> !eviction.report().getThrottled());
  }

  @Test
  void releaseBeforeTheSwitchLeavesTheStreamAlone() throws Exception {
    eviction.arm();
    eviction.release(false);
    migration.listener.iterationBegan(1);
    await().until(() -> migration.calls.contains("start"));
    assertThat(migration.calls).containsExactly("start");
  }

  @Test
  void theLeaseLiftsTheThrottle() throws Exception {
    switched();
    nanos.addAndGet(LEASE.toNanos());
    await().until(() -> !eviction.report().getThrottled());
    assertThat(migration.calls).endsWith("limit 0");
  }

  @Test
  void aRenewedLeaseKeepsTheThrottle() throws Exception {
    switched();
    nanos.addAndGet(LEASE.toNanos() - 1);
    eviction.renew(LEASE);
    nanos.addAndGet(2);
    migration.job = new JobStats(JobStats.Phase.ACTIVE, true, 200, 2, 2000, 0, 0, 0, 0, "");
    await().until(() -> eviction.report().getMemoryTotal() == 2000);
    assertThat(eviction.report().getThrottled()).isTrue();
  }

  @Test
  void aThrottleThatCannotBeLiftedIsTriedAgain() throws Exception {
    switched();
    migration.refuseLimit = LibvirtErrors.of(1, "not now");
    assertThatThrownBy(() -> eviction.release(false))
        .isInstanceOf(LibvirtException.class)
        .hasMessageContaining("not now");
    assertThat(eviction.report().getThrottled()).isTrue();
    migration.refuseLimit = null;
    await().until(() -> !eviction.report().getThrottled());
  }

  @ParameterizedTest
  @ValueSource(ints = {42, 55}) // no such domain, domain is not running
  void aThrottleHasGoneWithItsQemu(int code) throws Exception {
    switched();
    migration.refuseLimit = LibvirtErrors.of(code, "gone");
    eviction.release(false);
    assertThat(eviction.report().getThrottled()).isFalse();
  }

  @Test
  void aThrottleThatIsRefusedDoesNotStopTheSwitch() throws Exception {
    migration.refuseLimit = LibvirtErrors.of(55, "no such parameter");
    eviction.arm();
    migration.listener.iterationBegan(1);
    await().until(() -> migration.calls.contains("start"));
  }

  @Test
  void aRefusedSwitchIsReportedAndTriedAgain() throws Exception {
    migration.refuseStart = LibvirtErrors.of(55, "no VIR_MIGRATE_POSTCOPY flag");
    migration.job = FakeMigration.MIGRATING;
    eviction.arm();
    migration.listener.iterationBegan(1);
    await().until(() -> eviction.report().getError().contains("VIR_MIGRATE_POSTCOPY"));
    assertThat(eviction.report().getState()).isEqualTo(State.SOURCE_PRECOPY);
    migration.refuseStart = null;
    migration.listener.iterationBegan(2);
    await().until(() -> migration.calls.contains("start"));
    assertThat(eviction.report().getError()).isEmpty();
  }

  @Test
  void theEndCarriesTheLastFigures() throws Exception {
    switched();
    migration.listener.jobEnded(FakeMigration.stats(JobStats.Phase.COMPLETED, 2));
    migration.listener.lifecycle(Lifecycle.MIGRATED);
    SourceReport report = awaitState(State.SOURCE_COMPLETED);
    assertThat(report.getDowntimeMs()).isEqualTo(25);
    assertThat(report.getRemoteFaults()).isEqualTo(7);
    assertThat(report.getEndedMs()).isPositive();
    assertThat(report.getThrottled()).isFalse();
  }

  @Test
  void aMigrationThatEndsBeforeTheSwitchHasFailed() throws Exception {
    migration.refuseStart = LibvirtErrors.of(55, "not yet");
    eviction.arm();
    migration.listener.iterationBegan(1);
    assertThat(awaitState(State.SOURCE_FAILED).getError()).contains("before execution had moved");
  }

  @Test
  void aLostLinkPausesAndMayComeBack() throws Exception {
    switched();
    migration.state = DomainState.POSTCOPY_FAILED;
    migration.listener.lifecycle(Lifecycle.POSTCOPY_FAILED);
    awaitState(State.SOURCE_PAUSED);
    migration.state = DomainState.POSTCOPY;
    migration.listener.lifecycle(Lifecycle.SWITCHED);
    awaitState(State.SOURCE_POSTCOPY);
  }

  @Test
  void aLibvirtThatIsGoneEndsIt() throws Exception {
    switched();
    migration.lost = LibvirtErrors.of(39, "client socket is closed");
    assertThat(awaitState(State.SOURCE_FAILED).getError())
        .contains("outcome is not known", "client socket is closed");
  }

  @Test
  void closingLiftsTheThrottle() throws Exception {
    switched();
    eviction.close();
    assertThat(migration.calls).endsWith("limit 0", "close");
    migration.listener.iterationBegan(9); // too late, and does no harm
  }

  private void switched() throws Exception {
    migration.job = FakeMigration.MIGRATING;
    eviction.arm();
    migration.listener.iterationBegan(1);
    await().until(() -> migration.calls.contains("start"));
    migration.state = DomainState.POSTCOPY;
    migration.listener.lifecycle(Lifecycle.SWITCHED);
    awaitState(State.SOURCE_POSTCOPY);
    await().until(() -> eviction.report().getThrottled());
  }

  private SourceReport awaitState(State state) {
    return await().until(eviction::report, report -> report.getState() == state);
  }
}
