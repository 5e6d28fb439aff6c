package io.hotfoot.kubectl;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.api.live.Finding;
import io.hotfoot.api.live.LiveState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/**
 * What the operator that acts tells of the moment. It tells that on its pod's loopback interface
 * alone, so a port is forwarded: needs the right to create pods/portforward in its namespace.
 */
final class OperatorAccess implements AutoCloseable {
  private static final String LEASE = "hotfoot-operator";
  private static final int PORT = 8081;
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final URI url;
  private final AutoCloseable way;
  private final HttpClient http = HttpClient.newHttpClient();

  private OperatorAccess(URI url, AutoCloseable way) {
    this.url = url;
    this.way = way;
  }

  /**
   * @param url where a port is forwarded already; null: to forward one
   */
  static OperatorAccess open(KubernetesClient client, String namespace, URI url) {
    if (url != null) {
      return new OperatorAccess(url, () -> {});
    }
    String pod = acting(client, namespace);
    if (client.pods().inNamespace(namespace).withName(pod).get() == null) {
      throw new UserError(
          "operator %s, which acted last, is gone; another takes over within 10 s, if there is one: kubectl -n %s get pods"
              .formatted(pod, namespace));
    }
    LocalPortForward forward = client.pods().inNamespace(namespace).withName(pod).portForward(PORT);
    return new OperatorAccess(URI.create("http://localhost:" + forward.getLocalPort()), forward);
  }

  private static String acting(KubernetesClient client, String namespace) {
    Lease lease = client.leases().inNamespace(namespace).withName(LEASE).get();
    if (lease == null
        || lease.getSpec().getHolderIdentity() == null
        || lease.getSpec().getHolderIdentity().isEmpty()) {
      if (!client.hasApiGroup("kubevirt.io", true)) {
        throw new UserError(
            "no operator acts in namespace %s: %s"
                .formatted(namespace, Finding.NO_KUBEVIRT.message()));
      }
      throw new UserError(
          "no operator acts in namespace %s: is Hotfoot installed there (helm list -A), is it ready (kubectl -n %s get pods)? Elsewhere: --hotfoot-namespace"
              .formatted(namespace, namespace));
    }
    return lease.getSpec().getHolderIdentity();
  }

  URI url() {
    return url;
  }

  LiveState state() {
    return Serialization.unmarshal(get("/state"), LiveState.class);
  }

  List<Finding> check() {
    return List.of(Serialization.unmarshal(get("/check"), Finding[].class));
  }

  private String get(String path) {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(url.resolve(path)).timeout(ANSWER).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new UserError(
            "the operator answers %d to %s: is it of this version?"
                .formatted(response.statusCode(), path));
      }
      return response.body();
    } catch (IOException e) {
      throw new UserError(
          "the operator does not answer: may you create pods/portforward in its namespace? (%s)"
              .formatted(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError("interrupted");
    }
  }

  @Override
  public void close() {
    http.close();
    try {
      way.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
