package io.hotfoot.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.agent.libvirt.LibvirtException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeldStreamTest {
  private static final long MIB = 1 << 20;
  private static final long HINTED = 128 * MIB;

  private final AtomicLong nanos = new AtomicLong();
  private final FakeMigration migration = new FakeMigration();
  private final Throttle throttle = new Throttle(migration, MIB, Duration.ofMinutes(1), nanos::get);
  private final HeldStream held = new HeldStream("e", throttle, nanos::get);

  @Test
  void onceTheStreamIsReleasedNothingIsTriedOutAnyMore() throws LibvirtException {
    Plan plan = Plan.foreseen(HINTED, 1024 * MIB, 100 * MIB, 0);
    held.begin();
    held.look(FakeMigration.remaining(1024 * MIB), plan, HINTED);
    throttle.release();
    for (Duration time :
        List.of(PullTrial.LONGEST_SETTLING, PullTrial.HELD_BACK, PullTrial.LET_GO)) {
      nanos.addAndGet(time.toNanos());
      assertThat(held.look(FakeMigration.remaining(1024 * MIB), plan, HINTED)).isEmpty();
    }
    assertThat(migration.calls).containsExactly("limit " + MIB, "limit 0");
  }
}
