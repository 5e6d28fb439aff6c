package io.hotfoot.kubectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.api.live.Finding;
import io.hotfoot.api.live.LiveEviction;
import io.hotfoot.api.live.LiveNode;
import io.hotfoot.api.live.LiveState;
import io.hotfoot.api.live.LiveVm;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.HintStatus;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.Rung;
import io.hotfoot.api.v1alpha1.TransferStatus;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin on a real API server; the test plays the operator. */
class KubectlHotfootIT {
  @TempDir private static Path folder;
  private static KubeAPIServer server;
  private static KubernetesClient client;
  private static String kubeConfig;

  private final StringWriter said = new StringWriter();

  @BeforeAll
  static void start() throws IOException {
    String cache = Objects.requireNonNullElse(System.getenv("HOTFOOT_CACHE"), "/var/cache/hotfoot");
    String binaries =
        Objects.requireNonNullElse(System.getenv("KUBE_API_TEST_DIR"), cache + "/kube-api-test");
    server =
        new KubeAPIServer(
            KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(binaries)
                .withOfflineMode(Files.isDirectory(Path.of(binaries, "k8s")))
                .withUpdateKubeConfig(false)
                .build());
    server.start();
    kubeConfig =
        Files.writeString(folder.resolve("kubeconfig"), server.getKubeConfigYaml()).toString();
    client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
            .build();
    Path ours = Path.of("../../helm/hotfoot/files/crds");
    for (String crd :
        List.of("vmevictions.eviction.hotfoot.io", "nodepressurepolicies.eviction.hotfoot.io")) {
      install(ours.resolve(crd + ".yaml"), crd);
    }
  }

  /** Returns when the API server knows it. */
  private static void install(Path file, String crd) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      client.load(in).serverSideApply();
    }
    client
        .resources(CustomResourceDefinition.class)
        .withName(crd)
        .waitUntilCondition(
            it ->
                it != null
                    && it.getStatus() != null
                    && it.getStatus().getConditions() != null
                    && it.getStatus().getConditions().stream()
                        .anyMatch(
                            c -> c.getType().equals("Established") && c.getStatus().equals("True")),
            60,
            TimeUnit.SECONDS);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.stop();
  }

  @Test
  void evictFollowsUntilTheEnd() {
    CompletableFuture<Integer> command =
        CompletableFuture.supplyAsync(
            () -> run("evict", "db", "--wait", "--mode=postcopy", "--reason=too hot"));
    VMEviction made =
        await("the VMEviction")
            .atMost(Duration.ofSeconds(30))
            .until(() -> made("db"), Objects::nonNull);
    assertThat(made.getMetadata().getName()).startsWith("evict-db-");
    assertThat(made.getSpec().mode()).isEqualTo(EvictionMode.PostCopy);
    assertThat(made.getSpec().reason()).isEqualTo("too hot");
    assertThat(made.getSpec().requestedBy()).isEqualTo("kubectl hotfoot");
    tell(made, phase(EvictionPhase.Draining));
    await("the phase to be told")
        .atMost(Duration.ofSeconds(30))
        .until(() -> said.toString().contains("Draining"));
    VMEvictionStatus failed = phase(EvictionPhase.Failed);
    say(failed, EvictionCondition.Type.Completed, "True", Reason.GuestLost, "the link broke");
    tell(made, failed);
    assertThat(command.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(1);
    assertThat(said.toString()).contains("GuestLost", "the link broke");
  }

  @Test
  void explainTellsTheRungAndWhy() {
    assertThat(run("evict", "web")).isZero();
    VMEviction made = made("web");
    VMEvictionStatus status = phase(EvictionPhase.Succeeded);
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    status.mode = EvictionMode.Enlightened;
    status.hints = new HintStatus(Hints.Source.None, null, null, null, null);
    status.transfer = new TransferStatus(null, 100, null, 4711L, null, 60);
    status.timing.requested = start;
    status.timing.started = start.plusSeconds(1);
    status.timing.executionTransferred = start.plusSeconds(4);
    status.timing.completed = start.plusSeconds(20);
    say(
        status,
        EvictionCondition.Type.HintsCollected,
        "False",
        Reason.AllSourcesFailed,
        "no hints: install hotfoot-hints");
    tell(made, status);
    assertThat(run("explain", made.getMetadata().getName())).isZero();
    assertThat(said.toString())
        .contains(
            "VM web from node-a to node-b: Succeeded",
            "prepared            3.0 s │",
            "Rung: PostCopy: no hints: install hotfoot-hints",
            "4711 pages asked for one by one",
            "✗ HintsCollected       AllSourcesFailed     no hints: install hotfoot-hints");
  }

  @Test
  void topAndCheckAskTheOperator() throws IOException {
    HttpServer operator =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer(operator, "/state", state());
    answer(
        operator,
        "/check",
        List.of(
            new Finding(true, "KubeVirt is deployed"), new Finding(false, "node n1: no agent")));
    operator.start();
    String url = "--operator-url=http://localhost:" + operator.getAddress().getPort();
    try {
      assertThat(run("top", url)).isZero();
      assertThat(said.toString())
          .containsPattern("(?m)^n1 +63% +4096Mi of 16384Mi +2 +relief +cpu Some 63% over 10s$")
          .containsPattern("(?m)^shop/db +n1 +900m +1024Mi +96Mi +0\\.250$")
          .containsPattern("(?m)^shop/web +n1 +100m +512Mi +stays, protected by its label$")
          .containsPattern("(?m)^shop/evict-1 +db +n1 +n2 +PostCopy +GuestHints +30% +12%$");
      assertThat(run("check", url)).isEqualTo(1);
      assertThat(said.toString()).contains("✓ KubeVirt is deployed", "✗ node n1: no agent");
    } finally {
      operator.stop(0);
    }
  }

  @Test
  void whatIsWrongIsSaidWithTheRemedy() throws IOException {
    assertThat(run("explain", "nothing")).isEqualTo(1);
    assertThat(said.toString()).contains("no VMEviction nothing", "kubectl get vmev -A");
    assertThat(run("check")).isEqualTo(1);
    assertThat(said.toString())
        .contains("no operator acts in namespace hotfoot-system: KubeVirt is not installed");
    install(Path.of("../../src/test/lab/standin/crds/kubevirts.yaml"), "kubevirts.kubevirt.io");
    assertThat(run("check")).isEqualTo(1);
    assertThat(said.toString())
        .contains("no operator acts in namespace hotfoot-system", "helm list -A");
    assertThat(run("top", "--operator-url=http://localhost:1")).isEqualTo(1);
    assertThat(said.toString()).contains("the operator does not answer");
    assertThat(run("evict", "db", "--mode=teleport")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
    assertThat(said.toString())
        .contains("say what to do", "explain", "evict")
        .doesNotContain("\tat ");
  }

  private int run(String... arguments) {
    PrintWriter out = new PrintWriter(said, true);
    String[] all =
        arguments.length == 0
            ? arguments
            : Stream.concat(
                    Stream.of(arguments), Stream.of("--kubeconfig=" + kubeConfig, "-n=default"))
                .toArray(String[]::new);
    return KubectlHotfoot.run(out, out, all);
  }

  private static VMEviction made(String vm) {
    return client.resources(VMEviction.class).inNamespace("default").list().getItems().stream()
        .filter(it -> it.getSpec().vmiName().equals(vm))
        .findFirst()
        .orElse(null);
  }

  private static VMEvictionStatus phase(EvictionPhase phase) {
    VMEvictionStatus status = new VMEvictionStatus();
    status.phase = phase;
    status.sourceNode = "node-a";
    status.targetNode = "node-b";
    status.timing.requested = Instant.now();
    return status;
  }

  private static void say(
      VMEvictionStatus status,
      EvictionCondition.Type type,
      String holds,
      Reason reason,
      String message) {
    status.conditions.add(
        new EvictionCondition(
            type, EvictionCondition.Status.valueOf(holds), reason, message, Instant.now(), 1L));
  }

  private static void tell(VMEviction eviction, VMEvictionStatus status) {
    client
        .resources(VMEviction.class)
        .inNamespace("default")
        .withName(eviction.getMetadata().getName())
        .editStatus(
            it -> {
              it.setStatus(status);
              return it;
            });
  }

  private static LiveState state() {
    return new LiveState(
        "operator-0",
        true,
        List.of(
            new LiveNode(
                "n1",
                "relief",
                true,
                63,
                "cpu Some 63% over 10s",
                16L << 30,
                4L << 30,
                List.of(
                    new LiveVm("shop/db", 900, 1L << 30, 96L << 20, 0.25, null),
                    new LiveVm(
                        "shop/web", 100, 512L << 20, 0, null, "stays, protected by its label")))),
        List.of(
            new LiveEviction(
                "shop",
                "evict-1",
                "db",
                "n1",
                "n2",
                EvictionPhase.PostCopy,
                Rung.GuestHints,
                "",
                12,
                List.of(new LiveEviction.LiveClass("hot", 100, 30)))));
  }

  private static void answer(HttpServer operator, String path, Object what) {
    byte[] body = Serialization.asJson(what).getBytes(StandardCharsets.UTF_8);
    operator.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }
}
