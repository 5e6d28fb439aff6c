package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.operator.agent.FakeAgent;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart gives the operator the rights that it uses, by the API server's own audit log. */
class RightsIT extends Scene {
  /** Granted, but used seldom. */
  private static final Set<String> SELDOM =
      Set.of(
          // The Operator SDK reads an eviction anew when somebody else changed it meanwhile.
          "eviction.hotfoot.io/vmevictions get",
          // What the watch has not brought yet is read.
          "kubevirt.io/virtualmachineinstancemigrations get",
          // The Operator SDK does not start without, and patches.
          "coordination.k8s.io/leases update");

  @TempDir private Path dir;

  @AfterEach
  void removePolicy() {
    client.resources(NodePressurePolicy.class).delete();
  }

  @Test
  void noneIsMissingAndNoneIsTooMany() throws Exception {
    long before = logged().count();
    serve("web", FakePods.LABELS);
    try (var _ = serveAgents(dir);
        var process =
            new OperatorProcess("rights", namespace, dir.resolve("ours/hotfoot-operator"), dir)) {
      process.awaitReady();
      relieveNode();
      evictWhatDoesNotExist();
      evictUntilItsTimeToLiveIsOver();
      process.stop();
    }

    List<JsonNode> requests = logged().skip(before).filter(RightsIT::isOperators).toList();
    assertThat(requests).filteredOn(it -> code(it) == HttpURLConnection.HTTP_FORBIDDEN).isEmpty();
    Set<String> used =
        requests.stream()
            .filter(it -> !it.path("objectRef").path("resource").asText().endsWith("reviews"))
            .flatMap(RightsIT::rights)
            .collect(Collectors.toCollection(TreeSet::new));
    used.addAll(SELDOM);
    assertThat(used).isEqualTo(granted());
  }

  private void relieveNode() {
    target().press(Pressed.report(2, false));
    source().press(Pressed.report(80, true, Pressed.usage(namespace, VM, 900)));
    NodePressurePolicy policy = Pressed.policy("relief", Enforcement.Enforce);
    client.resource(policy).create();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              target().pull(FakeAgent.HOT_PAGES);
              return client.resources(VMEviction.class).inNamespace(namespace).list().getItems();
            },
            it -> !it.isEmpty() && it.stream().allMatch(VMEviction::hasEnded));
    client.resource(policy).delete();
  }

  private void evictWhatDoesNotExist() {
    awaitPhase(create("nobody", spec("nobody", null)), EvictionPhase.Failed);
  }

  private void evictUntilItsTimeToLiveIsOver() {
    int before = kubeVirt.migrations().size();
    Resource<VMEviction> eviction = create("back", spec(VM, 1));
    await().atMost(Duration.ofSeconds(30)).until(() -> eviction.get() == null);
    await().until(() -> kubeVirt.migrations().size() == before);
  }

  private static VMEvictionSpec spec(String vm, Integer timeToLiveSeconds) {
    return new VMEvictionSpec(
        vm,
        EvictionMode.PreCopy,
        null,
        new Hints(Hints.Source.None, null),
        "10m",
        0,
        false,
        timeToLiveSeconds,
        null,
        null);
  }

  private static Stream<JsonNode> logged() throws IOException {
    return Files.readAllLines(ControlPlane.auditLog()).stream()
        .map(line -> Serialization.unmarshal(line, JsonNode.class));
  }

  private static boolean isOperators(JsonNode event) {
    return event.path("impersonatedUser").path("username").asText().equals(OperatorRights.USER);
  }

  private static int code(JsonNode event) {
    return event.path("responseStatus").path("code").asInt();
  }

  /** What a request needed: to create by server-side apply is a patch, and asks for both. */
  private static Stream<String> rights(JsonNode event) {
    JsonNode object = event.path("objectRef");
    String resource = object.path("resource").asText();
    String part = object.path("subresource").asText();
    String of =
        object.path("apiGroup").asText() + "/" + resource + (part.isEmpty() ? "" : "/" + part);
    String verb = event.path("verb").asText();
    return verb.equals("patch") && code(event) == HttpURLConnection.HTTP_CREATED
        ? Stream.of(of + " patch", of + " create")
        : Stream.of(of + " " + verb);
  }

  private static Set<String> granted() {
    return Stream.concat(
            OperatorRights.ofChart("ClusterRole", ClusterRole.class).getRules().stream(),
            OperatorRights.ofChart("Role", Role.class).getRules().stream())
        .flatMap(RightsIT::rights)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> rights(PolicyRule rule) {
    return rule.getApiGroups().stream()
        .flatMap(group -> rule.getResources().stream().map(it -> group + "/" + it))
        .flatMap(of -> rule.getVerbs().stream().map(verb -> of + " " + verb));
  }
}
