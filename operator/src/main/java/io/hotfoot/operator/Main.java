package io.hotfoot.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hotfoot.operator.agent.AgentTls;
import io.hotfoot.operator.agent.AgentsAskedOnce;
import io.hotfoot.operator.eviction.UninstallCheck;
import io.hotfoot.operator.preflight.InstallCheck;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Without arguments: the operator. With one: a check that the chart has made, in a pod like the
 * operator's and with its rights. It exits with 0 if all is well, else with 1 and says what is not.
 */
@QuarkusMain
public class Main {
  private static final String TLS_DIR =
      Objects.requireNonNullElse(System.getenv("HOTFOOT_TLS_DIR"), "/etc/hotfoot/tls");

  private static final int PROBES = Integer.getInteger("quarkus.management.port", 8080);

  public static void main(String... arguments) throws InterruptedException {
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      if (arguments.length > 0) {
        System.exit(passes(arguments[0], client, System.out) ? 0 : 1);
      }
      new WaitForKubeVirt(client, PROBES).await();
    } catch (KubernetesClientException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      System.out.println("The API server does not answer as it should: " + why.getMessage());
      System.exit(1);
    }
    Quarkus.run();
  }

  private static boolean passes(String check, KubernetesClient client, PrintStream out) {
    return switch (check) {
      case "check" -> isInstalledWell(client, out);
      case "may-uninstall" -> new UninstallCheck(client).passes(out);
      default -> throw new IllegalArgumentException("no such check: " + check);
    };
  }

  private static boolean isInstalledWell(KubernetesClient client, PrintStream out) {
    Vertx vertx = Vertx.vertx();
    String namespace = System.getenv("POD_NAMESPACE");
    String version = Main.class.getPackage().getImplementationVersion();
    try (var agents =
        new AgentsAskedOnce(client, namespace, new AgentTls(vertx, Path.of(TLS_DIR)))) {
      return new InstallCheck(client, agents, version).passes(out);
    } finally {
      vertx.close();
    }
  }
}
