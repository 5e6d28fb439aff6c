package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionBudget;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.PressureTrigger;
import io.hotfoot.api.v1alpha1.TargetHeadroom;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.api.v1alpha1.VictimSelection;
import io.hotfoot.operator.agent.FakeAgent;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The chart gives the operator the rights that it uses, by the API server's own audit log. */
class RightsIT extends Scene {
  private static final long GIB = 1L << 30;

  /**
   * The Operator SDK reads an eviction anew when somebody else changed it as its finalizer was set.
   */
  private static final Set<String> SELDOM = Set.of("eviction.hotfoot.io/vmevictions get");

  @AfterEach
  void removePolicy() {
    client.resources(NodePressurePolicy.class).delete();
  }

  @Test
  void noneIsMissingAndNoneIsTooMany() throws IOException {
    long before = logged().count();
    startOperator();
    relieveNode();
    evictUntilItsTimeToLiveIsOver();

    List<JsonNode> requests = logged().skip(before).filter(RightsIT::isOperators).toList();
    assertThat(requests).filteredOn(it -> code(it) == HttpURLConnection.HTTP_FORBIDDEN).isEmpty();
    Set<String> used =
        requests.stream().flatMap(RightsIT::rights).collect(Collectors.toCollection(TreeSet::new));
    used.addAll(SELDOM);
    assertThat(used).isEqualTo(granted());
  }

  private void relieveNode() {
    target().press(report(2, false));
    source()
        .press(
            report(
                80,
                true,
                VmUsage.newBuilder()
                    .setNamespace(namespace)
                    .setName(VM)
                    .setCpuMilli(900)
                    .setResidentBytes(GIB)
                    .build()));
    NodePressurePolicy policy = new NodePressurePolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("relief").build());
    policy.setSpec(
        new NodePressurePolicySpec(
            Map.of(),
            List.of(
                new PressureTrigger(
                    PressureTrigger.Resource.cpu, PressureTrigger.Stall.Some, 50, "10s", null)),
            new VictimSelection(null),
            new TargetHeadroom(null, 20, 10),
            new EvictionBudget(1, 2, 10, "30m", "1m"),
            Enforcement.Enforce,
            false));
    client.resource(policy).create();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              target().pull(FakeAgent.HOT_PAGES);
              return client.resources(VMEviction.class).inNamespace(namespace).list().getItems();
            },
            it -> !it.isEmpty() && it.stream().allMatch(VMEviction::hasEnded));
    client.resource(policy).delete();
  }

  private static PressureReport report(int percent, boolean holds, VmUsage... vms) {
    return PressureReport.newBuilder()
        .addTriggers(TriggerState.newBuilder().setPercent(percent).setHolds(holds))
        .setMemoryTotal(16 * GIB)
        .setMemoryAvailable(12 * GIB)
        .addAllVms(List.of(vms))
        .build();
  }

  private void evictUntilItsTimeToLiveIsOver() {
    Resource<VMEviction> eviction =
        create(
            "back",
            new VMEvictionSpec(
                VM,
                EvictionMode.PreCopy,
                null,
                new Hints(Hints.Source.None, null),
                "10m",
                0,
                false,
                1,
                null,
                null));
    await().atMost(Duration.ofSeconds(30)).until(() -> eviction.get() == null);
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
    return OperatorRights.ofChart("ClusterRole", ClusterRole.class).getRules().stream()
        .flatMap(
            rule ->
                rule.getApiGroups().stream()
                    .flatMap(
                        group ->
                            rule.getResources().stream()
                                .flatMap(
                                    resource ->
                                        rule.getVerbs().stream()
                                            .map(verb -> group + "/" + resource + " " + verb))))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
