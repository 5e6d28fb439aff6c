package io.hotfoot.operator.it;

import static io.hotfoot.operator.it.Pressed.report;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.api.live.LiveState;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionBudget;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.operator.agent.LoopbackAgents;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator in a process of its own, a node under pressure, and an eviction of which 30 of 100
 * hot pages have been pulled.
 */
abstract class LiveScene extends Scene {
  static final int PULLED = 30;

  @TempDir Path dir;
  OperatorProcess process;
  LoopbackAgents loopback;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void startProcess() throws Exception {
    loopback = serveAgents(dir);
    process =
        new OperatorProcess(
            "live",
            namespace,
            dir.resolve("ours/hotfoot-operator"),
            dir,
            ControlPlane.kubeConfig(),
            settings());
    process.awaitReady();

    source().press(report(63, true, Pressed.usage(namespace, VM, 900)));
    target().press(report(2, false));
    EvictionBudget budget = new EvictionBudget(1, 2, 1000, "30m", "1s", "24h");
    client.resource(Pressed.policy("live", Enforcement.DryRun, budget)).create();
    awaitPhase(evict(EvictionMode.Enlightened), EvictionPhase.PostCopy);
    target().pull(PULLED);
    await("the state to tell of it")
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                state().evictions().stream()
                        .flatMap(it -> it.memory().stream())
                        .anyMatch(it -> it.pulled() == PULLED)
                    && state().nodes().stream().anyMatch(it -> it.pressed()));
  }

  /** Of the operator, as the chart gives them in its environment. */
  Map<String, String> settings() {
    return Map.of();
  }

  @AfterEach
  void stopProcess() {
    client.resources(NodePressurePolicy.class).delete();
    process.close();
    loopback.close();
    http.close();
  }

  LiveState state() {
    return Serialization.unmarshal(get("/state").body(), LiveState.class);
  }

  HttpResponse<String> get(String path) {
    try {
      return http.send(
          HttpRequest.newBuilder(process.live(path)).timeout(Duration.ofSeconds(20)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
