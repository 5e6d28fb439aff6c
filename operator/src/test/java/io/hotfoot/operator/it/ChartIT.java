package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.VMEviction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart, by the real helm. Each test has an API server of its own, since it would find what
 * another one's CRDs leave while they go. No pod runs there.
 */
class ChartIT {
  private static final String NAMESPACE = "hotfoot-system";
  private static final String CHART = ChartCopy.CURRENT.toString();
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  @TempDir private Path folder;
  private ControlPlane plane;
  private KubernetesClient admin;
  private Helm helm;
  private Set<String> before;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(Helm.isThere(), "no helm: tools/setup builds it");
    plane = ControlPlane.empty();
    admin = plane.admin();
    helm = new Helm(folder, plane.adminKubeConfig());
    admin
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .addToLabels("pod-security.kubernetes.io/enforce", "privileged")
                .endMetadata()
                .build())
        .create();
    before = Everything.on(admin);
  }

  @AfterEach
  void stop() {
    if (plane != null) {
      plane.close();
    }
  }

  @Test
  void theServerTakesEverything() {
    assertGood(helm.run("install", "hotfoot", CHART, "-n", NAMESPACE, "--dry-run=server"));
    assertThat(Everything.on(admin)).isEqualTo(before);
  }

  @Test
  void upgradesTheCrds() throws IOException {
    install(CHART);
    createEviction(EvictionPhase.Succeeded);
    List<String> columns = columns();
    assertGood(upgrade(ChartCopy.after(folder).toString()));
    assertThat(columns()).hasSize(columns.size() + 1).contains("More");
    assertThat(eviction().get()).isNotNull();
    assertGood(helm.run("rollback", "hotfoot", "1", "-n", NAMESPACE));
    assertThat(columns()).isEqualTo(columns);
    assertThat(eviction().get()).isNotNull();
  }

  @Test
  void takesOverTheCrdsOfTheVersionBefore() throws IOException {
    install(ChartCopy.before(folder).toString());
    createEviction(EvictionPhase.Succeeded);
    int columns = columns().size();

    assertThat(upgrade(CHART).output()).contains("invalid ownership metadata");
    assertGood(upgrade(CHART, "--take-ownership"));
    assertThat(columns()).hasSize(columns + 1);
    assertThat(eviction().get()).isNotNull();

    assertGood(helm.run("rollback", "hotfoot", "1", "-n", NAMESPACE));
    assertThat(eviction().get()).isNotNull();
    assertGood(upgrade(CHART));
  }

  @Test
  void goesFromAnEarlierVersionAndBack() {
    install(ChartCopy.EARLIER.toString(), "--set", "operator.replicas=1,crds.keep=false");
    createEviction(EvictionPhase.Succeeded);
    assertGood(upgrade(CHART, "--reset-then-reuse-values"));
    assertThat(operator().getSpec().getReplicas()).as("what the user set").isOne();
    assertThat(eviction().get()).isNotNull();
    assertGood(helm.run("rollback", "hotfoot", "1", "-n", NAMESPACE));
    assertThat(eviction().get()).isNotNull();
    assertGood(uninstall("No eviction is in progress"));
    assertNothingLeft();
  }

  @Test
  void uninstallingKeepsWhatUsersMade() {
    install(CHART);
    createEviction(EvictionPhase.Succeeded);
    Helm.Result result = uninstall("No eviction is in progress");
    assertGood(result);
    assertThat(result.output()).contains("[CustomResourceDefinition] " + ChartCopy.CRD);
    assertThat(eviction().get()).isNotNull();
    eviction().delete();
    install(CHART);
  }

  @Test
  void uninstallingLeavesNothingIfAskedTo() {
    install(CHART, "--set", "crds.keep=false");
    createEviction(EvictionPhase.Succeeded);
    assertGood(uninstall("No eviction is in progress"));
    assertNothingLeft();
  }

  @Test
  void refusesToUninstallInPostCopy() {
    install(CHART);
    createEviction(EvictionPhase.PostCopy);
    Set<String> installed = Everything.on(admin);
    Helm.Result refused = uninstall("default/evict: PostCopy, VM db, from node node-a to node-b");
    assertThat(refused.isGood()).isFalse();
    assertThat(refused.output()).contains("hotfoot-uninstall-check");
    admin.batch().v1().jobs().inNamespace(NAMESPACE).delete();
    assertThat(Everything.on(admin)).isEqualTo(installed);

    setPhase(EvictionPhase.Succeeded);
    assertGood(uninstall("No eviction is in progress"));
  }

  @Test
  void renewsItsCertificatesInTime() {
    install(CHART);
    Map<String, String> first = certificate("agent");
    String checksum = checksum();
    assertGood(upgrade(CHART));
    assertThat(certificate("agent")).isEqualTo(first);
    assertThat(checksum()).isEqualTo(checksum);

    secret("operator")
        .patch(
            MERGE,
            "{\"metadata\":{\"annotations\":{\"eviction.hotfoot.io/renew-after\":\"2026-01-01\"}}}");
    assertGood(upgrade(CHART, "--force-conflicts"));
    assertThat(certificate("agent")).isNotEqualTo(first);
    assertThat(certificate("agent").get("ca.crt")).isEqualTo(certificate("operator").get("ca.crt"));
    assertThat(checksum()).isNotEqualTo(checksum);
    assertThat(helm.run("get", "values", "--all", "hotfoot", "-n", NAMESPACE).output())
        .doesNotContain("tls.key");
  }

  private void install(String chart, String... more) {
    assertGood(helm("install", chart, more));
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                crd().getStatus() != null
                    && crd().getStatus().getConditions().stream()
                        .anyMatch(it -> it.getType().equals("Established")));
  }

  private Helm.Result upgrade(String chart, String... more) {
    return helm("upgrade", chart, more);
  }

  private Helm.Result helm(String what, String chart, String... more) {
    String[] all = {what, "hotfoot", chart, "-n", NAMESPACE};
    String[] arguments = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, arguments, all.length, more.length);
    return helm.run(arguments);
  }

  private Helm.Result uninstall(String expectedWords) {
    var uninstalling = helm.start("uninstall", "hotfoot", "-n", NAMESPACE, "--timeout", "60s");
    assertThat(UninstallJob.play(plane, NAMESPACE)).contains(expectedWords);
    return uninstalling.join();
  }

  private void createEviction(EvictionPhase phase) {
    admin
        .resource(
            """
            {"apiVersion": "eviction.hotfoot.io/v1alpha1", "kind": "VMEviction",
             "metadata": {"name": "evict", "namespace": "default"}, "spec": {"vmiName": "db"}}
            """)
        .create();
    setPhase(phase);
  }

  private void setPhase(EvictionPhase phase) {
    eviction()
        .subresource("status")
        .patch(
            MERGE,
            """
            {"status": {"phase": "%s", "sourceNode": "node-a", "targetNode": "node-b",
             "timing": {"requested": "2026-01-01T00:00:00Z", "started": "2026-01-01T00:00:01Z"}}}
            """
                .formatted(phase));
  }

  private Resource<VMEviction> eviction() {
    return admin.resources(VMEviction.class).inNamespace("default").withName("evict");
  }

  private CustomResourceDefinition crd() {
    return admin.resources(CustomResourceDefinition.class).withName(ChartCopy.CRD).get();
  }

  private List<String> columns() {
    return crd().getSpec().getVersions().getFirst().getAdditionalPrinterColumns().stream()
        .map(CustomResourceColumnDefinition::getName)
        .toList();
  }

  private Resource<Secret> secret(String of) {
    return admin.secrets().inNamespace(NAMESPACE).withName("hotfoot-" + of + "-tls");
  }

  private Map<String, String> certificate(String of) {
    return secret(of).get().getData();
  }

  private Deployment operator() {
    return admin.apps().deployments().inNamespace(NAMESPACE).withName("hotfoot-operator").get();
  }

  private String checksum() {
    return operator()
        .getSpec()
        .getTemplate()
        .getMetadata()
        .getAnnotations()
        .get("checksum/certificates");
  }

  private static void assertGood(Helm.Result result) {
    assertThat(result.status()).as(result.output()).isZero();
  }

  private void assertNothingLeft() {
    await()
        .atMost(Duration.ofMinutes(2))
        .ignoreException(KubernetesClientException.class)
        .untilAsserted(
            () -> {
              Set<String> now = Everything.on(admin);
              assertThat(without(before, now)).as("left behind").isEmpty();
              assertThat(without(now, before)).as("gone").isEmpty();
            });
  }

  private static Set<String> without(Set<String> those, Set<String> all) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(those);
    return rest;
  }
}
