package io.hotfoot.lab.pressure;

import static org.awaitility.Awaitility.await;

import io.hotfoot.lab.Cluster;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What the agent on a node remembers of its guests, as its log tells. */
public record RememberedHints(Cluster cluster, String node) {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /**
   * Waits until there are hints of this VM that it gave after that time; a policy must watch the
   * node.
   */
  public void awaitOf(String namespace, String vm, Instant since) {
    var said = "VM %s/%s: ".formatted(namespace, vm);
    await("the agent on node " + node + " remembering hints of " + vm)
        .atMost(LONGEST)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () ->
                log(since).lines().anyMatch(it -> it.contains(said) && it.contains("remembered")));
  }

  private String log(Instant since) {
    var agents =
        cluster
            .client()
            .pods()
            .inNamespace("hotfoot-system")
            .withLabel("app.kubernetes.io/name", "hotfoot-agent")
            .withField("spec.nodeName", node)
            .list()
            .getItems();
    return cluster
        .client()
        .pods()
        .resource(agents.getFirst())
        .sinceTime(since.truncatedTo(ChronoUnit.SECONDS).toString())
        .getLog();
  }
}
