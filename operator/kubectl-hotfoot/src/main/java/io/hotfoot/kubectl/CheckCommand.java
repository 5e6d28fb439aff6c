package io.hotfoot.kubectl;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.api.live.Finding;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description =
        "What this cluster lacks to evict VMs, and how to mend it. Exits with 1 if it lacks"
            + " something.")
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OperatorOptions options;

  @Override
  public Integer call() {
    try (KubernetesClient client = options.open();
        OperatorAccess operator = options.operator(client)) {
      List<Finding> findings = operator.check();
      findings.forEach(
          it -> spec.commandLine().getOut().printf("%s %s%n", it.good() ? "✓" : "✗", it.message()));
      return findings.stream().allMatch(Finding::good) ? 0 : KubectlHotfoot.FAILED;
    }
  }
}
