package io.hotfoot.lab.e2e;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.HintsCollected;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.WorkingSetResident;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotfoot.api.v1alpha1.EvictionCondition.Status;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.lab.move.Eviction;
import io.hotfoot.lab.move.Traces;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest gives no hints, and its node's agent takes them by itself. */
@OnCluster
class HostHintsE2E {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static LabGuests guests;

  @BeforeAll
  static void connect() throws IOException {
    guests = new LabGuests("e2e-host-hints");
    assumeTrue(
        agentsMayLook(), "agents may take no hints on the host here: agent.hostHints.enabled");
  }

  @AfterAll
  static void cleanUp() {
    guests.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lab.without=hints", "lab.agent=silent"})
  void takesThemOnTheHost(String guestThat) throws IOException {
    try (var guest =
        guests.own(guestThat, vmi -> vmi.annotated("standin.hotfoot.io/small-pages", ""))) {
      var from = guest.node();

      var status =
          Eviction.create(guests.cluster(), guest.namespace(), guest.name(), Map.of())
              .awaitEnd(LONGEST);

      assertEquals(EvictionPhase.Succeeded, status.phase, () -> status.conditions.toString());
      assertEquals(
          Hints.Source.Host,
          status.hints.source(),
          () -> Eviction.condition(status, HintsCollected).message());
      assertTrue(status.hints.pages() > 0);
      assertEquals(Status.True, Eviction.condition(status, WorkingSetResident).status());
      assertNotEquals(from, guest.node());
      if (!guestThat.contains("silent")) { // its agent would be asked
        guest.requireMemoryUnchanged();
      }
      assertEquals(List.of(), Traces.leftOf(guests.cluster(), guest));
    }
  }

  private static boolean agentsMayLook() {
    return guests
        .cluster()
        .client()
        .apps()
        .daemonSets()
        .inNamespace("hotfoot-system")
        .withName("hotfoot-agent")
        .get()
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .stream()
        .flatMap(container -> container.getEnv().stream())
        .anyMatch(variable -> variable.getName().equals("HOTFOOT_HOST_HINTS"));
  }
}
