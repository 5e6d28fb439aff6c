package io.hotfoot.operator.it.scale;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.hotfoot.operator.NodePressurePolicyReconciler;
import io.hotfoot.operator.VMEvictionReconciler;
import io.hotfoot.operator.agent.AgentTls;
import io.hotfoot.operator.agent.GrpcNodeAgents;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.it.OperatorRights;
import io.hotfoot.operator.phase.Phases;
import io.hotfoot.operator.pressure.Relief;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/**
 * The operator in a process of its own that counts: its requests, how long it reconciles, its heap.
 * A line on its standard input makes it answer by one line of JSON of what was since the last one.
 */
class MeasuredOperator {
  /** As in application.properties. */
  private static final int CONCURRENT = 10;

  private static final Set<String> HEAP =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(it -> it.getType() == MemoryType.HEAP)
          .map(it -> it.getName())
          .collect(Collectors.toSet());

  private final Map<String, AtomicLong> requests = new ConcurrentHashMap<>();
  private final Map<String, Queue<Long>> nanos = new ConcurrentHashMap<>();
  private final AtomicLong heapPeak = new AtomicLong();

  /**
   * @param arguments a kubeconfig, the namespace of the agents' pods, a folder with a certificate
   */
  public static void main(String[] arguments) throws Exception {
    new MeasuredOperator().run(Path.of(arguments[0]), arguments[1], Path.of(arguments[2]));
  }

  private void run(Path kubeConfig, String namespace, Path tls) throws Exception {
    watchHeap();
    Config config =
        new ConfigBuilder(Config.fromKubeconfig(Files.readString(kubeConfig)))
            .withImpersonateUsername(OperatorRights.USER)
            .build();
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientBuilderConsumer(
                http -> http.addOrReplaceInterceptor("count", new Count()))
            .build();
    Cluster cluster = new Cluster(client, namespace);
    var agents = new GrpcNodeAgents(cluster, namespace, new AgentTls(Vertx.vertx(), tls));
    var registry = new SimpleMeterRegistry();
    Clock clock = Clock.systemUTC();
    Operator operator =
        new Operator(
            settings ->
                settings
                    .withKubernetesClient(client)
                    .withConcurrentReconciliationThreads(CONCURRENT)
                    .withMetrics(new Timed()));
    operator.register(
        new VMEvictionReconciler(
            new Phases(client, cluster, agents, registry, clock, "0.1.0-SNAPSHOT")));
    operator.register(
        new NodePressurePolicyReconciler(new Relief(client, cluster, agents, registry, clock)));
    operator.start();
    System.out.println("ready");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    while (in.readLine() != null) {
      System.out.println(figures());
    }
    Runtime.getRuntime().halt(0);
  }

  private String figures() {
    System.gc();
    heapPeak.accumulateAndGet(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max);
    String told =
        "{\"requests\":%d,\"by\":{%s},\"reconciles\":%d,\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f,\"policy_p99\":%.1f,\"policy_max\":%.1f,\"heap\":%d}"
            .formatted(
                requests.values().stream().mapToLong(AtomicLong::get).sum(),
                new TreeMap<>(requests)
                    .entrySet().stream()
                        .map(it -> "\"%s\":%d".formatted(it.getKey(), it.getValue().get()))
                        .collect(Collectors.joining(",")),
                nanos.values().stream().mapToInt(Queue::size).sum(),
                millis(0.5, "vmeviction", "nodepressurepolicy"),
                millis(0.99, "vmeviction", "nodepressurepolicy"),
                millis(1, "vmeviction", "nodepressurepolicy"),
                millis(0.99, "nodepressurepolicy"),
                millis(1, "nodepressurepolicy"),
                heapPeak.get() >> 20);
    requests.clear();
    nanos.clear();
    heapPeak.set(0);
    return told;
  }

  private double millis(double quantile, String... controllers) {
    long[] sorted =
        Arrays.stream(controllers)
            .flatMap(it -> nanos.getOrDefault(it, new ConcurrentLinkedQueue<>()).stream())
            .mapToLong(Long::longValue)
            .sorted()
            .toArray();
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * quantile))] / 1e6;
  }

  /** What is alive: in use after a collection of all of the heap. */
  private void watchHeap() {
    ManagementFactory.getGarbageCollectorMXBeans()
        .forEach(
            bean ->
                ((NotificationEmitter) bean)
                    .addNotificationListener(
                        (notification, handback) ->
                            collected(
                                GarbageCollectionNotificationInfo.from(
                                    (CompositeData) notification.getUserData())),
                        null,
                        null));
  }

  private void collected(GarbageCollectionNotificationInfo info) {
    if (!info.getGcAction().contains("major")) {
      return;
    }
    long used =
        info.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
            .filter(it -> HEAP.contains(it.getKey()))
            .mapToLong(it -> it.getValue().getUsed())
            .sum();
    heapPeak.accumulateAndGet(used, Math::max);
  }

  private class Count implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      String path = request.uri().getPath();
      String kind =
          path.replaceFirst("^/apis?/([^/]+\\.[^/]+/)?v[^/]+/", "")
              .replaceFirst("^namespaces/[^/]+/", "")
              .replaceFirst("/[^/]+", "/*");
      requests
          .computeIfAbsent(request.method() + " " + kind, it -> new AtomicLong())
          .incrementAndGet();
    }
  }

  private class Timed implements Metrics {
    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
      long begun = System.nanoTime();
      try {
        return execution.execute();
      } finally {
        nanos
            .computeIfAbsent(execution.controllerName(), it -> new ConcurrentLinkedQueue<>())
            .add(System.nanoTime() - begun);
      }
    }
  }
}
