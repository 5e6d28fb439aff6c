package io.hotfoot.operator.it;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rights that the chart gives the operator, and what it holds back of them: with no others it
 * must do in these tests too.
 */
public class OperatorRights {
  private static final String NAMESPACE = "hotfoot-system";
  public static final String USER =
      "system:serviceaccount:%s:hotfoot-operator".formatted(NAMESPACE);
  private static final Path TEMPLATES = Path.of("../helm/hotfoot/templates");

  private OperatorRights() {}

  static void grant(KubernetesClient admin) {
    ClusterRole role = ofChart("ClusterRole", ClusterRole.class);
    admin.resource(role).serverSideApply();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(role.getMetadata().getName())
                .endMetadata()
                .withRoleRef(refTo(role))
                .withSubjects(subject())
                .build())
        .serverSideApply();
    admin
        .resource(ofChart("ValidatingAdmissionPolicy", ValidatingAdmissionPolicy.class))
        .serverSideApply();
    admin
        .resource(
            ofChart("ValidatingAdmissionPolicyBinding", ValidatingAdmissionPolicyBinding.class))
        .serverSideApply();
  }

  /** A client that has these rights. */
  static KubernetesClient client() {
    grant(ControlPlane.client());
    return new KubernetesClientBuilder()
        .withConfig(new ConfigBuilder(ControlPlane.config()).withImpersonateUsername(USER).build())
        .build();
  }

  /**
   * Returns once the API server denies the operator what the policy does not leave it. It learns of
   * policies by a watch.
   *
   * @param stranger a pod whose status the operator may not write
   */
  static void awaitDenied(Pod stranger) {
    try (KubernetesClient operator = client()) {
      await("the policy")
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  patchStatus(operator, stranger, "{}")
                      .filter(it -> it.contains("ValidatingAdmissionPolicy"))
                      .isPresent());
    }
  }

  /** Why the patch was denied; absent if it was not. */
  static Optional<String> patchStatus(KubernetesClient by, Pod pod, String patch) {
    try {
      by.resource(pod)
          .subresource("status")
          .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** And those that it has in its own namespace. */
  public static void grantIn(String namespace, KubernetesClient admin) {
    grant(admin);
    Role role = ofChart("Role", Role.class);
    role.getMetadata().setNamespace(namespace);
    admin.resource(role).serverSideApply();
    admin
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(role.getMetadata().getName())
                .endMetadata()
                .withRoleRef(refTo(role))
                .withSubjects(subject())
                .build())
        .serverSideApply();
  }

  private static RoleRef refTo(HasMetadata role) {
    return new RoleRef("rbac.authorization.k8s.io", role.getKind(), role.getMetadata().getName());
  }

  private static Subject subject() {
    return new Subject("rbac.authorization.k8s.io", "User", USER, null);
  }

  /** The rules stand in the template as they are; only the rest is filled in by Helm. */
  static <T extends HasMetadata> T ofChart(String kind, Class<T> type) {
    try (Stream<Path> templates = Files.list(TEMPLATES)) {
      return templates
          .filter(it -> it.toString().endsWith(".yaml"))
          .flatMap(OperatorRights::documents)
          .filter(it -> it.contains("kind: " + kind + "\n"))
          .map(it -> it.replace("{{ .Release.Namespace }}", NAMESPACE))
          .map(it -> it.replaceAll("(?m)^.*\\{\\{.*$", ""))
          .map(it -> Serialization.unmarshal(it, type))
          .filter(it -> it.getMetadata().getName().equals("hotfoot-operator"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no hotfoot-operator in the chart: " + kind));
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
