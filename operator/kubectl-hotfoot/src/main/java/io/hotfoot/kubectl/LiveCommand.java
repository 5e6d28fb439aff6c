package io.hotfoot.kubectl;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "live",
    mixinStandardHelpOptions = true,
    description = "Forwards a port to the operator's page, until it is interrupted.")
final class LiveCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private OperatorOptions options;

  @Override
  public void run() {
    try (KubernetesClient client = options.open();
        OperatorAccess operator = options.operator(client)) {
      operator.state(); // tells at once what stands in the way
      spec.commandLine().getOut().printf("Open %s, end with Ctrl-C%n", operator.url());
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
