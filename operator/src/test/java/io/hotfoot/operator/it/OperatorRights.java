package io.hotfoot.operator.it;

import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The rights that the chart gives the operator: with no others it must do in these tests too. */
class OperatorRights {
  static final String USER = "system:serviceaccount:hotfoot-system:hotfoot-operator";
  private static final Path TEMPLATES = Path.of("../helm/hotfoot/templates");

  private OperatorRights() {}

  static void grant(KubernetesClient admin) {
    ClusterRole role = roleOfChart();
    admin.resource(role).serverSideApply();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(role.getMetadata().getName())
                .endMetadata()
                .withNewRoleRef()
                .withApiGroup("rbac.authorization.k8s.io")
                .withKind("ClusterRole")
                .withName(role.getMetadata().getName())
                .endRoleRef()
                .addNewSubject()
                .withApiGroup("rbac.authorization.k8s.io")
                .withKind("User")
                .withName(USER)
                .endSubject()
                .build())
        .serverSideApply();
  }

  /** A client that has these rights. */
  static KubernetesClient client() {
    grant(ControlPlane.client());
    return new KubernetesClientBuilder()
        .withConfig(new ConfigBuilder(ControlPlane.config()).withImpersonateUsername(USER).build())
        .build();
  }

  /** The rules stand in the template as they are; only labels are filled in by Helm. */
  static ClusterRole roleOfChart() {
    try (Stream<Path> templates = Files.list(TEMPLATES)) {
      return templates
          .filter(it -> it.toString().endsWith(".yaml"))
          .flatMap(OperatorRights::documents)
          .filter(it -> it.contains("kind: ClusterRole\n"))
          .map(it -> it.replaceAll("(?m)^.*\\{\\{.*$", ""))
          .map(it -> Serialization.unmarshal(it, ClusterRole.class))
          .filter(it -> it.getMetadata().getName().equals("hotfoot-operator"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no ClusterRole hotfoot-operator in the chart"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> documents(Path template) {
    try {
      return Stream.of(Files.readString(template).split("(?m)^---$"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
