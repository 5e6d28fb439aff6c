package io.hotfoot.lab.images;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;

/** A real API server with etcd, with Hotfoot's CRDs and KubeVirt's. */
final class ControlPlane implements AutoCloseable {
  private static final Path CRDS = Path.of("../../helm/hotfoot/files/crds");
  private static final Path KUBEVIRTS = Path.of("lab/standin/crds");

  private final KubeAPIServer server;
  private final KubernetesClient client;

  ControlPlane() throws IOException {
    server =
        new KubeAPIServer(
            KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(System.getenv("KUBE_API_TEST_DIR"))
                .withOfflineMode(true)
                .withUpdateKubeConfig(false)
                .build());
    server.start();
    client = new KubernetesClientBuilder().withConfig(config()).build();
    for (Path folder : new Path[] {CRDS, KUBEVIRTS}) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          try (var crd = Files.newInputStream(file)) {
            client.load(crd).serverSideApply();
          }
        }
      }
    }
  }

  KubernetesClient client() {
    return client;
  }

  private Config config() {
    return Config.fromKubeconfig(server.getKubeConfigYaml());
  }

  /** The administrator's way to it, in one file. */
  String kubeConfig() throws IOException {
    Config config = config();
    return """
        {"apiVersion": "v1", "kind": "Config", "current-context": "it",
         "clusters": [{"name": "it", "cluster": {"server": "%s", "certificate-authority-data": "%s"}}],
         "users": [{"name": "it", "user": {"client-certificate-data": "%s", "client-key-data": "%s"}}],
         "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}]}
        """
        .formatted(
            config.getMasterUrl(),
            base64(config.getCaCertFile(), config.getCaCertData()),
            base64(config.getClientCertFile(), config.getClientCertData()),
            base64(config.getClientKeyFile(), config.getClientKeyData()));
  }

  private static String base64(String file, String data) throws IOException {
    return file == null
        ? data
        : Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(file)));
  }

  @Override
  public void close() {
    client.close();
    server.stop();
  }
}
