package io.hotfoot.kubectl;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How to reach the operator. */
final class OperatorOptions {
  @Mixin private Connection connection;

  @Option(
      names = "--operator-url",
      description = "Where a port is forwarded already to port 8081 of the operator that acts.")
  private URI url;

  KubernetesClient open() {
    return connection.open();
  }

  OperatorAccess operator(KubernetesClient client) {
    return OperatorAccess.open(client, connection.hotfootNamespace(), url);
  }
}
