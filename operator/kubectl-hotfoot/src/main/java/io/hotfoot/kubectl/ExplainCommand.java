package io.hotfoot.kubectl;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.api.v1alpha1.VMEviction;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "How an eviction goes or went: its steps in time, on which rung and why.")
final class ExplainCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "VMEVICTION", description = "Its name.")
  private String name;

  @Override
  public void run() {
    try (KubernetesClient client = connection.open()) {
      VMEviction eviction = client.resources(VMEviction.class).withName(name).get();
      if (eviction == null) {
        throw new UserError(
            "no VMEviction %s in namespace %s: kubectl get vmev -A lists all"
                .formatted(name, client.getNamespace()));
      }
      new Explanation(eviction, spec.commandLine().getOut()).print(Instant.now());
    }
  }
}
