package io.hotfoot.operator.it;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real API server with etcd. As an extension: one for all tests of the run, with our CRDs and
 * KubeVirt's, that keeps an audit log.
 */
public class ControlPlane implements BeforeAllCallback, AutoCloseable {
  private static ControlPlane running;

  /** Who asked for what; not what was asked or answered. */
  private static final String AUDIT_POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
        - {level: None, nonResourceURLs: ["*"]}
        - {level: Metadata}
      """;

  private final KubeAPIServer server;
  private final KubernetesClient client;
  private final Path auditLog;

  /** For JUnit. */
  public ControlPlane() {
    this(null, null);
  }

  private ControlPlane(KubeAPIServer server, Path auditLog) {
    this.server = server;
    this.client = server == null ? null : newClient(server);
    this.auditLog = auditLog;
  }

  /** Another one, as it is before anything is installed. To be closed by the caller. */
  static ControlPlane empty() {
    return start();
  }

  KubernetesClient admin() {
    return client;
  }

  String adminKubeConfig() {
    return server.getKubeConfigYaml();
  }

  public static KubernetesClient client() {
    return running.client;
  }

  /** The way to the API server, for a client of one's own. */
  public static Config config() {
    return Config.fromKubeconfig(running.server.getKubeConfigYaml());
  }

  /** One JSON object a line, of kind Event in audit.k8s.io/v1. */
  static Path auditLog() {
    return running.auditLog;
  }

  /** The administrator's way to the API server, as the content of a kubeconfig. */
  public static String kubeConfig() {
    return running.server.getKubeConfigYaml();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // The root store closes it after the last test; a server left behind would leak its processes.
    running =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .computeIfAbsent(ControlPlane.class, key -> startInstalled(), ControlPlane.class);
  }

  @Override
  public void close() {
    client.close();
    server.stop();
  }

  private static ControlPlane startInstalled() {
    ControlPlane plane = start();
    plane.installHotfoot();
    plane.installKubeVirt();
    return plane;
  }

  /** Our CRDs, from the chart. */
  void installHotfoot() {
    install(Path.of("../helm/hotfoot/files/crds"));
  }

  /** KubeVirt's CRDs: the real ones where they are, else the lab's minimal ones. */
  void installKubeVirt() {
    Path real = Path.of("../../shared/kubevirt-crds");
    install(Files.isDirectory(real) ? real : Path.of("../src/test/lab/standin/crds"));
  }

  private static ControlPlane start() {
    Path binaries = binaries();
    Path audit = auditFolder();
    Path log = audit.resolve("log");
    KubeAPIServer server =
        new KubeAPIServer(
            KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(binaries.toString())
                // Where tools/setup has built none, the library downloads them.
                .withOfflineMode(Files.isDirectory(binaries.resolve("k8s")))
                .withUpdateKubeConfig(false)
                .withApiServerFlag("--audit-policy-file", audit.resolve("policy.yaml").toString())
                .withApiServerFlag("--audit-log-path", log.toString())
                .build());
    server.start();
    return new ControlPlane(server, log);
  }

  private static Path auditFolder() {
    try {
      Path folder = Files.createTempDirectory(Path.of("target"), "audit");
      Files.writeString(folder.resolve("policy.yaml"), AUDIT_POLICY);
      return folder.toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KubernetesClient newClient(KubeAPIServer server) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
        .build();
  }

  private static Path binaries() {
    String dir = System.getenv("KUBE_API_TEST_DIR");
    String cache = Objects.requireNonNullElse(System.getenv("HOTFOOT_CACHE"), "/var/cache/hotfoot");
    return dir != null ? Path.of(dir) : Path.of(cache, "kube-api-test");
  }

  private void install(Path crds) {
    for (Path file : files(crds)) {
      try (var in = Files.newInputStream(file)) {
        client.load(in).serverSideApply().forEach(this::awaitEstablished);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void awaitEstablished(HasMetadata crd) {
    client
        .resources(CustomResourceDefinition.class)
        .withName(crd.getMetadata().getName())
        .waitUntilCondition(ControlPlane::isEstablished, 30, TimeUnit.SECONDS);
  }

  static boolean isEstablished(CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(it -> "Established".equals(it.getType()) && "True".equals(it.getStatus()));
  }

  private static List<Path> files(Path dir) {
    try (Stream<Path> files = Files.list(dir)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
