package io.hotfoot.kubectl;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import picocli.CommandLine.Option;

/** Which cluster, and where in it: kubectl's own words. */
final class Connection {
  @Option(names = "--kubeconfig", description = "As kubectl's.")
  private File kubeConfig;

  @Option(names = "--context", description = "As kubectl's.")
  private String context;

  @Option(
      names = {"-n", "--namespace"},
      description = "Of the VM. Default: the context's.")
  private String namespace;

  @Option(
      names = "--hotfoot-namespace",
      defaultValue = "hotfoot-system",
      description = "Where Hotfoot is installed. Default: ${DEFAULT-VALUE}.")
  private String hotfootNamespace;

  KubernetesClient open() {
    Config config =
        kubeConfig == null
            ? Config.autoConfigure(context)
            : Config.fromKubeconfig(context, kubeConfig);
    ClientKey.tellKind(config);
    ConfigBuilder builder = new ConfigBuilder(config).withRequestRetryBackoffLimit(1);
    if (namespace != null) {
      builder.withNamespace(namespace);
    } else if (config.getNamespace() == null) {
      builder.withNamespace("default"); // as kubectl does
    }
    return new KubernetesClientBuilder().withConfig(builder.build()).build();
  }

  String hotfootNamespace() {
    return hotfootNamespace;
  }
}
