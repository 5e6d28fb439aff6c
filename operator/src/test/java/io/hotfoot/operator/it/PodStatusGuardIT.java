package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.Variable;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.operator.kubevirt.Launchers;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server leaves the operator of its right to write the status of every pod. */
@ExtendWith(ControlPlane.class)
class PodStatusGuardIT {
  private final String namespace = "guard-" + UUID.randomUUID();
  private final KubernetesClient admin = ControlPlane.client();
  private final KubernetesClient operator = OperatorRights.client();
  private Pod launcher;
  private Pod stranger;

  @BeforeEach
  void makePods() {
    admin
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    launcher = pod("launcher", "virt-launcher");
    stranger = pod("stranger", "virt-handler");
    OperatorRights.awaitDenied(stranger);
  }

  @AfterEach
  void removePods() {
    operator.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void launchersGateAndLabelsAreItsBusiness() {
    assertThat(
            patch(
                launcher,
                """
                {"metadata": {"labels": {"app": null}},
                 "status": {"conditions": [{"type": "kubevirt.io/virtual-machine-unpaused", "status": "True"}]}}
                """))
        .isNull();
    Pod after = admin.resource(launcher).get();
    assertThat(after.getMetadata().getLabels())
        .containsOnlyKeys("kubevirt.io", "vm.kubevirt.io/name");
    assertThat(after.getStatus().getConditions())
        .anyMatch(it -> it.getType().equals("kubevirt.io/virtual-machine-unpaused"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"metadata": {"labels": {"app": "mine"}}}                            | may only take labels off
          {"metadata": {"labels": {"new": "mine"}}}                            | may only take labels off
          {"metadata": {"labels": {"vm.kubevirt.io/name": null}}}              | none of KubeVirt's
          {"metadata": {"labels": {"kubevirt.io": null}}}                      | none of KubeVirt's
          {"metadata": {"annotations": {"a": "b"}}}                            | may not change annotations
          {"metadata": {"finalizers": ["example.com/stays"]}}                  | may not change annotations or finalizers
          {"status": {"conditions": [{"type": "Ready", "status": "False"}]}}   | virtual-machine-unpaused only
          {"status": {"phase": "Failed"}}                                      | may change conditions only
          {"status": {"podIPs": [{"ip": "10.0.0.1"}], "podIP": "10.0.0.1"}}    | may change conditions only
          """)
  void allElseOfThemIsNot(String patch, String why) {
    assertThat(patch(launcher, patch)).contains(why);
  }

  @Test
  void kubeVirtsLabelsAreWhatTheOperatorTakesForThem() {
    String listed =
        OperatorRights.ofChart("ValidatingAdmissionPolicy", ValidatingAdmissionPolicy.class)
            .getSpec()
            .getVariables()
            .stream()
            .filter(it -> it.getName().equals("kubevirts"))
            .map(Variable::getExpression)
            .findFirst()
            .orElseThrow();
    assertThat(Serialization.unmarshal(listed, String[].class))
        .containsExactlyInAnyOrderElementsOf(Launchers.KUBEVIRTS_LABELS);
  }

  @Test
  void otherPodsAreNot() {
    assertThat(
            patch(
                stranger,
                """
                {"status": {"conditions": [{"type": "kubevirt.io/virtual-machine-unpaused", "status": "True"}]}}
                """))
        .contains("may change virt-launcher pods only");
  }

  @Test
  void whatRunsInAPodIsNot() {
    assertThatThrownBy(
            () -> operator.resource(launcher).patch("{\"metadata\":{\"labels\":{\"app\":null}}}"))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("cannot patch resource \"pods\"");
  }

  @Test
  void othersAreNotHeldBack() {
    assertThat(OperatorRights.patchStatus(admin, stranger, "{\"status\":{\"phase\":\"Failed\"}}"))
        .isEmpty();
  }

  private String patch(Pod pod, String patch) {
    return OperatorRights.patchStatus(operator, pod, patch).orElse(null);
  }

  private Pod pod(String name, String component) {
    var labels = Map.of("kubevirt.io", component, "vm.kubevirt.io/name", "web");
    return new FakePods(admin, namespace).run(FakePods.pod(namespace, name, labels, null));
  }
}
