package io.hotfoot.operator.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The operator's application in a process of its own, with the rights of its pod. */
class OperatorProcess implements AutoCloseable {
  private static final Path APPLICATION = Path.of("target/quarkus-app/quarkus-run.jar");

  private final String name;
  private final Path log;
  private final int port;
  private final int livePort;
  private final Process process;

  /**
   * @param name of its pod
   * @param tls folder of its certificate
   * @param work for its way to the API server
   */
  OperatorProcess(String name, String namespace, Path tls, Path work) {
    this(name, namespace, tls, work, ControlPlane.kubeConfig(), Map.of());
  }

  /**
   * @param settings more of its environment
   */
  OperatorProcess(
      String name,
      String namespace,
      Path tls,
      Path work,
      String kubeConfigYaml,
      Map<String, String> settings) {
    this.name = name;
    this.log = Path.of("target", name + ".log");
    try {
      Path kubeConfig = work.resolve("kubeconfig");
      Files.writeString(kubeConfig, kubeConfigYaml);
      port = freePort();
      livePort = freePort();
      ProcessBuilder builder =
          new ProcessBuilder(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-Dkubernetes.impersonate.username=" + OperatorRights.USER,
                  "-Dquarkus.management.port=" + port,
                  "-Dquarkus.http.port=" + livePort,
                  "-jar",
                  APPLICATION.toString()));
      builder.environment().putAll(settings);
      builder.environment().put("KUBECONFIG", kubeConfig.toString());
      builder.environment().put("POD_NAMESPACE", namespace);
      builder.environment().put("HOSTNAME", name);
      builder.environment().put("HOTFOOT_TLS_DIR", tls.toString());
      process =
          builder
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  /** Of its page. */
  URI live(String path) {
    return URI.create("http://localhost:" + livePort + path);
  }

  String name() {
    return name;
  }

  void awaitReady() {
    await(name + " to be ready").atMost(Duration.ofMinutes(2)).until(this::isReady);
  }

  private boolean isReady() throws InterruptedException {
    if (!process.isAlive()) {
      throw new AssertionError(name + " has ended: see " + log);
    }
    try {
      return probe("ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** What kubelet asks: started, ready or live. */
  HttpResponse<String> probe(String which) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI probe = URI.create("http://localhost:" + port + "/q/health/" + which);
      return http.send(
          HttpRequest.newBuilder(probe).timeout(Duration.ofSeconds(5)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /** All that it and others of its name have said. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** By SIGKILL: it can say goodbye to nobody. */
  void kill() {
    process.destroyForcibly();
  }

  /** By SIGTERM, as its pod's end does; returns when it has ended. */
  void stop() {
    process.destroy();
    await(name + " to end").atMost(Duration.ofSeconds(20)).until(() -> !process.isAlive());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
