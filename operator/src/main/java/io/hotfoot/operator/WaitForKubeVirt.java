package io.hotfoot.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.operator.kubevirt.KubeVirtApi;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the operator is on a cluster that lacks KubeVirt's API, where it could watch nothing: alive,
 * not ready, and saying why.
 */
final class WaitForKubeVirt {
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final Set<String> ALIVE = Set.of("/q/health/started", "/q/health/live");

  private final KubernetesClient client;
  private final int probes;
  private volatile String why = "";

  /**
   * @param probes port on which kubelet's probes are answered meanwhile
   */
  WaitForKubeVirt(KubernetesClient client, int probes) {
    this.client = client;
    this.probes = probes;
  }

  /** Returns once KubeVirt's API is there, which it mostly is at once. */
  void await() throws InterruptedException {
    List<String> missing = KubeVirtApi.missing(client);
    if (missing.isEmpty()) {
      return;
    }
    say(missing);
    Vertx vertx = Vertx.vertx();
    try {
      vertx.createHttpServer().requestHandler(this::answer).listen(probes);
      while (!missing.isEmpty()) {
        Thread.sleep(EVERY);
        missing = KubeVirtApi.missing(client);
        say(missing);
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private void say(List<String> missing) {
    String now =
        missing.isEmpty()
            ? "KubeVirt's API is there: starting"
            : "Waiting for KubeVirt to be installed: the API server does not serve "
                + String.join(", ", missing);
    if (!now.equals(why)) {
      System.out.println(now);
    }
    why = now;
  }

  private void answer(HttpServerRequest request) {
    boolean alive = ALIVE.contains(request.path());
    request.response().setStatusCode(alive ? 200 : 503).end(why + "\n");
  }
}
