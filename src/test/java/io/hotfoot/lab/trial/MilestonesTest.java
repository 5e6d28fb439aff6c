package io.hotfoot.lab.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hotfoot.lab.guest.DomainEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class MilestonesTest {
  private static DomainEvent source(long ms, String name, String detail) {
    return new DomainEvent("pod-a", ms, name, detail);
  }

  private static DomainEvent target(long ms, String detail) {
    return new DomainEvent("pod-b", ms, "lifecycle", detail);
  }

  @Test
  void readsAPostCopy() {
    var events =
        List.of(
            target(900, "Started Migrated"),
            source(1000, "migration-iteration", "iteration: '1'"),
            source(1100, "lifecycle", "Suspended Migrated"),
            source(1105, "lifecycle", "Suspended Post-copy"),
            target(1150, "Resumed Post-copy"),
            source(9000, "job-completed", ""),
            source(9010, "lifecycle", "Stopped Migrated"));

    var moments = Milestones.of(events, 500, 3000L, 9100L);

    assertEquals(new Moments(500, 1000L, 1100L, 1150L, 3000L, 9000L, 9100L), moments);
    assertTrue(moments.arrived());
  }

  @Test
  void doesNotCallItMovedWhenTheSourceRunsOn() {
    var events =
        List.of(
            source(1000, "migration-iteration", "iteration: '1'"),
            source(2000, "lifecycle", "Suspended Migrated"),
            source(2100, "lifecycle", "Resumed Migrated"));

    var moments = Milestones.of(events, 500, null, null);

    assertNull(moments.switched());
    assertFalse(moments.arrived());
  }

  @Test
  void leavesOutWhatWasBeforeTheRequest() {
    var events =
        List.of(
            source(100, "lifecycle", "Suspended Paused"),
            source(400, "migration-iteration", "iteration: '1'"));

    assertNull(Milestones.of(events, 500, null, null).jobStarted());
  }

  @Test
  void parsesWhatVirshPrints() {
    var event =
        DomainEvent.parse(
                "pod-a",
                "2026-11-22 15:32:00.123+0000: event 'lifecycle' for domain 'demo_vm':"
                    + " Suspended Post-copy\r")
            .orElseThrow();

    assertEquals(1795361520123L, event.wallMs());
    assertTrue(event.isLifecycle("Suspended"));
  }

  @Test
  void passesOverWhatIsNoEvent() {
    assertTrue(DomainEvent.parse("pod-a", "\toperation: 5").isEmpty());
    assertTrue(DomainEvent.parse("pod-a", "error: failed to connect").isEmpty());
  }
}
