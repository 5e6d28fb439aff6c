package io.hotfoot.lab.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hotfoot.lab.chaos.ChaosResult.Fate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosResultsTest {
  private static final ChaosResult HELD = result("etcd killed", 7, List.of());
  private static final ChaosResult OTHER = result("relay killed", 8, List.of());

  @TempDir private Path folder;

  @Test
  void aCampaignAddsToWhatEarlierOnesFound() throws IOException {
    results().add(HELD);
    results().add(OTHER);
    assertEquals(List.of(HELD, OTHER), results().all());
  }

  @Test
  void aRunThatIsDoneAgainTakesTheEarlierOnesPlace() throws IOException {
    results().add(result("etcd killed", 7, List.of("label hotfoot")));
    results().add(HELD);
    assertEquals(List.of(HELD), results().all());
  }

  private ChaosResults results() throws IOException {
    return new ChaosResults(folder.resolve("results.json"));
  }

  private static ChaosResult result(String fault, long seed, List<String> left) {
    return new ChaosResult(
        fault, "PostCopy", "Succeeded/Evicted", "", Fate.alive, false, left, List.of(), 1.5, seed);
  }
}
