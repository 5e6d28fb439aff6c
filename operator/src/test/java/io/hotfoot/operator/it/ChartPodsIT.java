package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart's pods under the API server's Pod Security admission. */
@ExtendWith(ControlPlane.class)
class ChartPodsIT {
  @TempDir private static Path folder;
  private static List<HasMetadata> chart;
  private static KubernetesClient admin;

  @BeforeAll
  static void renderAll() throws IOException {
    assumeTrue(Helm.isThere(), "no helm: tools/setup builds it");
    admin = ControlPlane.client();
    chart = render();
    for (String level : List.of("restricted", "baseline", "privileged")) {
      admin
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(level)
                  .addToLabels("pod-security.kubernetes.io/enforce", level)
                  .endMetadata()
                  .build())
          .create();
    }
  }

  private static List<HasMetadata> render(String... values) throws IOException {
    List<String> words =
        new ArrayList<>(List.of("template", "hotfoot", ChartCopy.CURRENT.toString()));
    words.addAll(List.of(values));
    byte[] rendered =
        new Helm(folder, "")
            .run(words.toArray(String[]::new))
            .output()
            .getBytes(StandardCharsets.UTF_8);
    return admin.load(new ByteArrayInputStream(rendered)).items();
  }

  @ParameterizedTest
  @CsvSource({
    "hotfoot-operator, restricted, true",
    "hotfoot-uninstall-check, restricted, true",
    "hotfoot-check, restricted, true",
    "hotfoot-agent, privileged, true",
    "hotfoot-agent, baseline, false"
  })
  void podsNeedNoMoreThanTheirSecurityLevel(String name, String level, boolean allowed) {
    Pod pod = inNamespace(pod(name), level);
    if (allowed) {
      admin.resource(pod).dryRun().create();
    } else {
      assertThatThrownBy(() -> admin.resource(pod).dryRun().create())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("violates PodSecurity");
    }
  }

  @Test
  void theAgentMayDoWhatIsWantedOfItAndNoMore() throws IOException {
    assertThat(capabilities(chart)).containsExactly("SYS_PTRACE", "DAC_OVERRIDE", "SYS_NICE");
    assertThat(capabilities(render("--set", "agent.hostHints.enabled=true")))
        .containsExactly("SYS_PTRACE", "DAC_OVERRIDE", "SYS_NICE", "BPF", "PERFMON");
    assertThat(capabilities(render("--set", "agent.restoreHugePages=false")))
        .containsExactly("SYS_PTRACE", "DAC_OVERRIDE");
  }

  @Test
  void theAgentMayHaveASeccompProfileOfItsOwn() throws IOException {
    assertThat(agentsRights(chart).getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    List<HasMetadata> own = render("--set", "agent.seccompProfile=hotfoot/agent.json");
    assertThat(agentsRights(own).getSeccompProfile())
        .isEqualTo(new SeccompProfile("hotfoot/agent.json", "Localhost"));
    admin.resource(inNamespace(pod(own, "hotfoot-agent"), "privileged")).dryRun().create();
  }

  private static List<String> capabilities(List<HasMetadata> chart) {
    return agentsRights(chart).getCapabilities().getAdd();
  }

  private static SecurityContext agentsRights(List<HasMetadata> chart) {
    return pod(chart, "hotfoot-agent").getSpec().getContainers().getFirst().getSecurityContext();
  }

  @Test
  void theAgentHasNoRightsInTheCluster() {
    assertThat(pod("hotfoot-agent").getSpec().getAutomountServiceAccountToken()).isFalse();
    assertThat(chart)
        .filteredOn(it -> it.getKind().endsWith("RoleBinding"))
        .noneMatch(it -> Serialization.asYaml(it).contains("hotfoot-agent"));
  }

  private static Pod inNamespace(Pod pod, String namespace) {
    return new PodBuilder(pod)
        .editMetadata()
        .withName("pod")
        .withNamespace(namespace)
        .endMetadata()
        .build();
  }

  private static Pod pod(String name) {
    return pod(chart, name);
  }

  private static Pod pod(List<HasMetadata> chart, String name) {
    return chart.stream()
        .filter(it -> it.getMetadata().getName().equals(name))
        .flatMap(ChartPodsIT::podOf)
        .findFirst()
        .orElseThrow();
  }

  private static Stream<Pod> podOf(HasMetadata resource) {
    return switch (resource) {
      case Pod pod -> Stream.of(pod);
      case Deployment it -> of(it.getSpec().getTemplate());
      case DaemonSet it -> of(it.getSpec().getTemplate());
      case Job it -> of(it.getSpec().getTemplate());
      default -> Stream.empty();
    };
  }

  private static Stream<Pod> of(PodTemplateSpec template) {
    return Stream.of(
        new PodBuilder()
            .withMetadata(new ObjectMetaBuilder(template.getMetadata()).build())
            .withSpec(template.getSpec())
            .build());
  }
}
