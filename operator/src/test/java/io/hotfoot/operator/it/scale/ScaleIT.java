package io.hotfoot.operator.it.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.EvictionBudget;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.PressureTrigger;
import io.hotfoot.api.v1alpha1.Target;
import io.hotfoot.api.v1alpha1.TargetHeadroom;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.api.v1alpha1.VictimSelection;
import io.hotfoot.kubevirt.KubeVirt;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.agent.LoopbackAgents;
import io.hotfoot.operator.agent.TestCertificates;
import io.hotfoot.operator.it.ControlPlane;
import io.hotfoot.operator.it.OperatorRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A large cluster: a fifth as many evictions as nodes at once, and a tenth of the nodes pressed
 * within a second. {@code make bench-scale} runs it at other sizes ({@code -Dscale.nodes}) and
 * keeps the figures.
 */
@ExtendWith(ControlPlane.class)
class ScaleIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  @TempDir Path dir;
  private final Set<String> left = ConcurrentHashMap.newKeySet();
  private KubernetesClient client;
  private String namespace;
  private BulkCluster cluster;

  /** As target/bench/scale.json has them. */
  record Row(
      int nodes,
      int vmis,
      int evictions,
      double reconcile_p99_ms,
      long heap_mib,
      double requests_per_eviction,
      long lost,
      long doubled) {
    private static final String HEADER =
        "  nodes    VMIs  evictions  reconcile p99 ms  heap MiB  requests each  lost  doubled";

    @Override
    public String toString() {
      return "%7d %7d %10d %17.1f %9d %14.1f %5d %8d"
          .formatted(
              nodes,
              vmis,
              evictions,
              reconcile_p99_ms,
              heap_mib,
              requests_per_eviction,
              lost,
              doubled);
    }
  }

  @Test
  void losesAndDoublesNone() throws Exception {
    List<Row> rows = new ArrayList<>();
    for (String nodes : System.getProperty("scale.nodes", "20").split(",")) {
      rows.add(run(Integer.parseInt(nodes)));
      keep(rows);
    }
    System.out.println(Row.HEADER);
    rows.forEach(System.out::println);
    assertThat(rows).allMatch(it -> it.lost == 0 && it.doubled == 0);
  }

  @SuppressWarnings("try") // what is only to be closed is not named
  private Row run(int nodes) throws Exception {
    namespace = "scale-" + UUID.randomUUID();
    Path work = Files.createDirectory(dir.resolve(namespace));
    var certificates = TestCertificates.in(work, "ours", "hotfoot-operator", "hotfoot-agent");
    try (var itsClient = new KubernetesClientBuilder().withConfig(ControlPlane.config()).build();
        var loopback = prepare(itsClient, nodes, certificates);
        ScheduledExecutorService everySecond = Executors.newSingleThreadScheduledExecutor();
        var kubeVirt = new BulkKubeVirt(client, namespace, cluster, nodes, this::calmWhereOneLeft);
        var operator =
            new MeasuredProcess(namespace, work.resolve("ours/hotfoot-operator"), work)) {
      everySecond.scheduleAtFixedRate(
          () -> cluster.agents().forEach(BulkAgent::reportPressure), 1, 1, TimeUnit.SECONDS);
      operator.awaitReady();
      client.resource(policy()).create();
      awaitAllWatched(nodes);
      say("started", operator.figures());
      int asked = nodes / 5;
      BulkCluster.forEach(asked, i -> evict(BulkCluster.vm(nodes / 10 + i, 0)));
      BulkCluster.forEach(nodes / 10, i -> cluster.press(BulkCluster.node(i)));
      int expected = asked + nodes / 10;
      await("all to have left")
          .pollInterval(Duration.ofSeconds(2))
          .atMost(PATIENCE.plusSeconds(nodes))
          .until(() -> left.size() >= expected && succeeded() >= expected);
      JsonNode figures = operator.figures();
      say("ended", figures);
      return new Row(
          nodes,
          nodes * BulkCluster.VMS_PER_NODE,
          expected,
          figures.get("p99").asDouble(),
          figures.get("heap").asLong(),
          figures.get("requests").asDouble() / expected,
          expected - succeeded(),
          doubled());
    } finally {
      remove();
    }
  }

  private static void keep(List<Row> rows) throws IOException {
    String results = System.getProperty("scale.results");
    if (results != null) {
      Files.createDirectories(Path.of(results).getParent());
      Files.writeString(Path.of(results), JSON.writeValueAsString(rows));
    }
  }

  private LoopbackAgents prepare(
      KubernetesClient itsClient, int nodes, TestCertificates certificates) {
    client = itsClient;
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    OperatorRights.grantIn(namespace, client);
    client.raw(
        "/apis/kubevirt.io/v1/namespaces/" + namespace + "/kubevirts",
        "POST",
        """
        {"apiVersion":"kubevirt.io/v1","kind":"KubeVirt","metadata":{"name":"scale"},
         "spec":{"configuration":{"migrations":{"parallelMigrationsPerCluster":50}}}}
        """);
    client
        .resources(KubeVirt.class)
        .inNamespace(namespace)
        .withName("scale")
        .subresource("status")
        .patch(
            MERGE,
            "{\"status\":{\"phase\":\"Deployed\",\"observedKubeVirtVersion\":\"v1.9.0\",\"targetKubeVirtVersion\":\"v1.9.0\"}}");
    left.clear();
    cluster = new BulkCluster(client, namespace, nodes);
    LoopbackAgents loopback = new LoopbackAgents(client, namespace, certificates);
    long begun = System.nanoTime();
    cluster.create(loopback);
    System.out.printf(
        "%d nodes made in %d s%n", nodes, (System.nanoTime() - begun) / 1_000_000_000);
    return loopback;
  }

  private void calmWhereOneLeft(String node) {
    left.add(node);
    cluster.calm(node);
  }

  private void awaitAllWatched(int nodes) {
    await("all nodes to be watched")
        .pollInterval(Duration.ofSeconds(1))
        .atMost(PATIENCE)
        .until(
            () -> {
              var status =
                  client.resources(NodePressurePolicy.class).withName(namespace).get().getStatus();
              return status != null && status.nodesWatched == nodes;
            });
  }

  private void evict(String vm) {
    VMEviction eviction = new VMEviction();
    eviction.setMetadata(
        new ObjectMetaBuilder().withNamespace(namespace).withName("evict-" + vm).build());
    eviction.setSpec(
        new VMEvictionSpec(
            vm,
            EvictionMode.Enlightened,
            new Target(Map.of("scale", namespace)),
            new Hints(Hints.Source.Auto, null),
            "1h",
            0,
            false,
            null,
            null,
            null));
    client.resource(eviction).create();
  }

  private NodePressurePolicy policy() {
    NodePressurePolicy policy = new NodePressurePolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName(namespace).build());
    policy.setSpec(
        new NodePressurePolicySpec(
            Map.of("scale", namespace),
            List.of(
                new PressureTrigger(
                    PressureTrigger.Resource.cpu,
                    PressureTrigger.Stall.Some,
                    50,
                    "10s",
                    null,
                    null,
                    null)),
            new VictimSelection(null, null, null),
            new TargetHeadroom(Map.of("scale", namespace), 20, 10),
            new EvictionBudget(1, 100, 1000, "30m", "1m", "24h"),
            Enforcement.Enforce,
            false));
    return policy;
  }

  private List<VMEviction> evictions() {
    return client.resources(VMEviction.class).inNamespace(namespace).list().getItems();
  }

  private long succeeded() {
    return evictions().stream()
        .filter(it -> it.getStatus() != null && it.getStatus().phase == EvictionPhase.Succeeded)
        .count();
  }

  /** VMs that were evicted, or migrated, more than once. */
  private long doubled() {
    return more(evictions(), it -> it.getSpec().vmiName())
        + more(
            client
                .resources(VirtualMachineInstanceMigration.class)
                .inNamespace(namespace)
                .list()
                .getItems(),
            it -> it.getSpec().vmiName());
  }

  private static <T> long more(Collection<T> things, Function<T, String> vm) {
    return things.stream()
        .collect(Collectors.groupingBy(vm, Collectors.counting()))
        .values()
        .stream()
        .filter(it -> it > 1)
        .count();
  }

  private static void say(String what, JsonNode figures) {
    System.out.println(what + ": " + figures);
  }

  private void remove() {
    Config patient =
        new ConfigBuilder(ControlPlane.config())
            .withRequestTimeout((int) PATIENCE.toMillis())
            .build();
    try (var admin = new KubernetesClientBuilder().withConfig(patient).build()) {
      admin.resources(NodePressurePolicy.class).withName(namespace).delete();
      admin.resources(KubeVirt.class).inNamespace(namespace).delete();
      admin
          .resources(VMEviction.class)
          .inNamespace(namespace)
          .list()
          .getItems()
          .forEach(it -> admin.resource(it).patch(MERGE, "{\"metadata\":{\"finalizers\":null}}"));
      admin.resources(VMEviction.class).inNamespace(namespace).delete();
      new BulkCluster(admin, namespace, 0).remove();
    }
  }
}
