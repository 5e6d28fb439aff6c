package io.hotfoot.kubectl;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "evict",
    mixinStandardHelpOptions = true,
    description = "Evicts a VM from its node. Exits with 1 if --wait sees it fail.")
final class EvictCommand implements Callable<Integer> {
  /** An eviction's deadline is at most a day, and only counts until execution has moved. */
  private static final int LONGEST_HOURS = 48;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "VMI", description = "Name of the VirtualMachineInstance.")
  private String vmi;

  @Option(names = "--wait", description = "Until it has ended, with a progress bar.")
  private boolean waits;

  @Option(
      names = "--mode",
      defaultValue = "Enlightened",
      description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private EvictionMode mode;

  @Option(names = "--reason", description = "For people to read.")
  private String reason;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (KubernetesClient client = connection.open()) {
      VMEviction made = client.resource(wanted(client.getNamespace())).create();
      String name = made.getMetadata().getName();
      out.printf("vmeviction.eviction.hotfoot.io/%s created%n", name);
      if (!waits) {
        out.printf("kubectl hotfoot explain -n %s %s%n", client.getNamespace(), name);
        return 0;
      }
      VMEviction ended = follow(client.resource(made), out);
      if (ended == null) {
        throw new UserError("the VMEviction was deleted by somebody else");
      }
      new Explanation(ended, out).print(Instant.now());
      return Explanation.succeeded(ended) ? 0 : KubectlHotfoot.FAILED;
    }
  }

  private VMEviction wanted(String namespace) {
    VMEviction eviction = new VMEviction();
    eviction.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(namespace)
            .withGenerateName("evict-" + vmi + "-")
            .build());
    eviction.setSpec(
        new VMEvictionSpec(vmi, mode, null, null, null, 0, false, null, reason, "kubectl hotfoot"));
    return eviction;
  }

  private static VMEviction follow(Resource<VMEviction> eviction, PrintWriter out) {
    Console console = System.console();
    Progress progress = new Progress(out, console != null && console.isTerminal());
    try {
      return eviction.waitUntilCondition(
          it -> {
            if (it != null) {
              progress.show(it);
            }
            return it == null || it.hasEnded();
          },
          LONGEST_HOURS,
          TimeUnit.HOURS);
    } catch (KubernetesClientTimeoutException e) {
      throw new UserError("not ended within %d h; it goes on".formatted(LONGEST_HOURS));
    } finally {
      progress.end();
    }
  }
}
