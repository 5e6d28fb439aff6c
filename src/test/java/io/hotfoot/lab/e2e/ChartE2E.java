package io.hotfoot.lab.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.move.Eviction;
import io.hotfoot.lab.trial.Result;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the chart's own pods say on a cluster where all is well, by helm. */
@OnCluster
class ChartE2E {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private record Result(int status, String output) {}

  @Test
  void theInstallationSaysThatItIsWell() throws Exception {
    Result result = helm("test", "hotfoot", "--logs");
    assertEquals(0, result.status, result.output);
    assertTrue(result.output.contains("ok       KubeVirt is deployed"), result.output);
    assertTrue(result.output.contains(": agent and virt-handler are ready"), result.output);
  }

  @Test
  void isNotUninstalledWhileAVmMoves() throws Exception {
    try (var guests = new LabGuests("e2e-chart")) {
      var guest = guests.shared();
      var from = guest.node();
      var eviction = Eviction.of(guests.cluster(), guest, EvictionMode.PostCopy);
      eviction.await(status -> status.timing.started != null, LONGEST);

      Result result = helm("uninstall", "hotfoot");

      assertNotEquals(0, result.status, result.output);
      assertTrue(result.output.contains("Not uninstalled: 1 eviction(s)"), result.output);
      assertTrue(result.output.contains("VM " + guest.name()), result.output);
      assertEquals(EvictionPhase.Succeeded, eviction.awaitEnd(LONGEST).phase);
      assertNotEquals(from, guest.node());
      guest.requireMemoryUnchanged();
      removeCheck(guests.cluster());
    }
  }

  /**
   * It would go by itself after ten minutes; other tests expect all of Hotfoot's pods to be ready.
   */
  private static void removeCheck(Cluster cluster) {
    cluster
        .client()
        .batch()
        .v1()
        .jobs()
        .inNamespace("hotfoot-system")
        .withName("hotfoot-uninstall-check")
        .withPropagationPolicy(DeletionPropagation.BACKGROUND)
        .delete();
  }

  private static Result helm(String what, String release, String... more)
      throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(
                Stream.of("helm", what, release, "--namespace", "hotfoot-system"), Stream.of(more))
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    return new Result(process.waitFor(), output);
  }
}
