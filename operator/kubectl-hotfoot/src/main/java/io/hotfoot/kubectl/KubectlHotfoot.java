package io.hotfoot.kubectl;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "kubectl hotfoot",
    description = "Evicts busy KubeVirt VMs from pressed nodes, and tells how it goes.",
    mixinStandardHelpOptions = true,
    versionProvider = KubectlHotfoot.Version.class,
    subcommands = {
      TopCommand.class,
      EvictCommand.class,
      ExplainCommand.class,
      CheckCommand.class,
      LiveCommand.class
    })
public final class KubectlHotfoot implements Runnable {
  /** Exit code where something failed; of wrong arguments it is 2. */
  static final int FAILED = 1;

  @Spec private CommandSpec spec;

  public static void main(String... arguments) {
    System.exit(
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments));
  }

  /** Returns the exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new KubectlHotfoot())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((e, command, result) -> failed(e, command))
        .execute(arguments);
  }

  private static int failed(Exception e, CommandLine command) throws Exception {
    if (!(e instanceof UserError) && !(e instanceof KubernetesClientException)) {
      throw e;
    }
    command.getErr().println(e instanceof KubernetesClientException k ? words(k) : e.getMessage());
    return FAILED;
  }

  private static String words(KubernetesClientException e) {
    if (e.getStatus() != null && e.getStatus().getMessage() != null) {
      return e.getStatus().getMessage();
    }
    Throwable why = e.getCause() == null ? e : e.getCause();
    // A refused connection has no message of its own.
    return "the cluster does not answer: "
        + Objects.requireNonNullElse(why.getMessage(), why.getClass().getSimpleName());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do:");
  }

  /** As the jar's manifest has it. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = KubectlHotfoot.class.getPackage().getImplementationVersion();
      return new String[] {version == null ? "not packaged" : version};
    }
  }
}
