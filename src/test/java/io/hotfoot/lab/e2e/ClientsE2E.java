package io.hotfoot.lab.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.move.Eviction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** A VM that serves clients outside of the cluster's nodes leaves, and they notice little. */
@OnCluster
@EnabledIfEnvironmentVariable(
    named = "LAB",
    matches = ".+",
    disabledReason = "LAB names no lab, whose network clients could use")
class ClientsE2E {
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static LabGuests guests;

  @BeforeAll
  static void connect() throws IOException {
    assumeTrue(
        Files.exists(Path.of("/dev/net/tun")),
        "this machine has no /dev/net/tun, which a guest's network device needs");
    guests = new LabGuests("e2e-clients");
  }

  @AfterAll
  static void cleanUp() {
    if (guests != null) {
      guests.close();
    }
  }

  /** The client ends where a connection breaks, or an answer is not what was written before. */
  @Test
  void memcachedKeepsItsConnectionsAndRecords() throws IOException {
    try (var guest = guests.own("memcached", "rate=100 records=5000 reads=50")) {
      var from = guest.node();
      awaitAnswers(guest, 100);

      var status = Eviction.of(guests.cluster(), guest, EvictionMode.Enlightened).awaitEnd(LONGEST);

      assertEquals(EvictionPhase.Succeeded, status.phase, () -> status.conditions.toString());
      assertNotEquals(from, guest.node());
      awaitAnswers(guest, answered(guest) + 100);
      guest.requireMemoryUnchanged();
    }
  }

  private static void awaitAnswers(Guest guest, double enough) {
    await("the client has %.0f answers".formatted(enough))
        .atMost(LONGEST)
        .until(() -> answered(guest) >= enough);
  }

  private static double answered(Guest guest) {
    var throughput = guest.throughput();
    return throughput.isEmpty() ? 0 : throughput.operationsAt(throughput.lastMs());
  }
}
