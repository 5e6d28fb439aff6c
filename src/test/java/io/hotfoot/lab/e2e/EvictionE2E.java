package io.hotfoot.lab.e2e;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.ServicesFollowed;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.WorkingSetResident;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotfoot.api.v1alpha1.EvictionCondition.Status;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.lab.move.Eviction;
import io.hotfoot.lab.move.Traces;
import io.hotfoot.lab.trial.GuestService;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A busy VM leaves its node, as it should go. */
@OnCluster
class EvictionE2E {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static LabGuests guests;

  @BeforeAll
  static void connect() throws IOException {
    guests = new LabGuests("e2e-eviction");
  }

  @AfterAll
  static void cleanUp() {
    guests.close();
  }

  @Test
  void movesWhatTheGuestNeedsFirst() throws IOException {
    var guest = guests.shared();
    var from = guest.node();

    var status = Eviction.of(guests.cluster(), guest, EvictionMode.Enlightened).awaitEnd(LONGEST);

    assertEquals(EvictionPhase.Succeeded, status.phase, () -> status.conditions.toString());
    assertEquals(EvictionMode.Enlightened, status.mode);
    assertNotEquals(from, guest.node());
    assertEquals(status.targetNode, guest.node());
    assertEquals(Hints.Source.Guest, status.hints.source());
    assertTrue(status.hints.pages() > 0);
    assertEquals(Status.True, Eviction.condition(status, WorkingSetResident).status());
    var timing = status.timing;
    assertTrue(timing.executionTransferred.isBefore(timing.workingSetResident), "order of moments");
    assertTrue(timing.workingSetResident.isBefore(timing.completed), "order of moments");
    guest.requireMemoryUnchanged();
    assertEquals(List.of(), Traces.leftOf(guests.cluster(), guest));
  }

  @Test
  void servicesFollowBeforeItsMemoryHas() throws IOException {
    var guest = guests.shared();
    try (var service = new GuestService(guests.cluster().client(), guest)) {
      var status = Eviction.of(guests.cluster(), guest, EvictionMode.PostCopy).awaitEnd(LONGEST);

      var followed = Eviction.condition(status, ServicesFollowed);
      assertEquals(Reason.ServicesMoved, followed.reason(), followed::message);
      assertTrue(followed.lastTransitionTime().isBefore(status.timing.completed), "too late");
      await().atMost(LONGEST).until(() -> service.leftMs() != null);
    }
  }

  @Test
  void itsNameIsInEachLineOfAllLogs() throws IOException {
    var guest = guests.shared();
    var client = guests.cluster().client();
    assumeTrue(LogLine.isJson(client), "logs are not structured here: logs.format=json");
    var begun = Instant.now();

    var eviction = Eviction.of(guests.cluster(), guest, EvictionMode.Enlightened);
    var status = eviction.awaitEnd(LONGEST);

    assertEquals(EvictionPhase.Succeeded, status.phase, () -> status.conditions.toString());
    var name = guest.namespace() + "/" + eviction.name();
    var lines = LogLine.since(begun, client);
    var about = lines.stream().filter(line -> line.about().equals(name)).toList();
    assertTrue(about.stream().anyMatch(line -> line.part().equals("hotfoot-operator")));
    if (status.hints.source() != Hints.Source.None) { // else the agents have little to tell
      assertTrue(
          about.stream().anyMatch(line -> line.part().equals("hotfoot-agent")),
          () -> "no line of an agent: " + lines);
    }
    assertEquals(
        List.of(),
        lines.stream()
            .filter(line -> line.speaksOf(eviction.name()) || line.speaksOf(guest.name()))
            .filter(line -> line.about().isEmpty())
            .toList());
  }

  @ParameterizedTest
  @EnumSource(
      value = EvictionMode.class,
      names = {"PostCopy", "PreCopy"})
  void goesByTheModeThatWasAskedFor(EvictionMode mode) throws IOException {
    var guest = guests.shared();
    var from = guest.node();

    var status = Eviction.of(guests.cluster(), guest, mode).awaitEnd(LONGEST);

    assertEquals(EvictionPhase.Succeeded, status.phase, () -> status.conditions.toString());
    assertEquals(mode, status.mode);
    assertNotEquals(from, guest.node());
    guest.requireMemoryUnchanged();
    assertEquals(List.of(), Traces.leftOf(guests.cluster(), guest));
  }
}
