package io.hotfoot.operator.it.scale;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.hotfoot.operator.NodePressurePolicyReconciler;
import io.hotfoot.operator.VMEvictionReconciler;
import io.hotfoot.operator.agent.AgentTls;
import io.hotfoot.operator.agent.GrpcNodeAgents;
import io.hotfoot.operator.agent.NodeAgent;
import io.hotfoot.operator.agent.NodeAgents;
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
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
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

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final Set<String> HEAP =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(it -> it.getType() == MemoryType.HEAP)
          .map(it -> it.getName())
          .collect(Collectors.toSet());

  private final Map<String, AtomicLong> requests = new ConcurrentHashMap<>();
  private final Queue<Long> answered = new ConcurrentLinkedQueue<>();
  private final Map<String, Queue<Turn>> turns = new ConcurrentHashMap<>();
  private final ThreadLocal<Turn> turn = new ThreadLocal<>();
  private final AtomicLong heapPeak = new AtomicLong();

  /**
   * @param arguments a kubeconfig, the namespace of the agents' pods, a folder with a certificate
   */
  public static void main(String[] arguments) throws Exception {
    new MeasuredOperator().run(Path.of(arguments[0]), arguments[1], Path.of(arguments[2]));
  }

  private void run(Path kubeConfig, String namespace, Path tls) throws Exception {
    watchHeap();
    THREADS.setThreadContentionMonitoringEnabled(true);
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
    var grpc = new GrpcNodeAgents(cluster, namespace, new AgentTls(Vertx.vertx(), tls));
    NodeAgents agents = node -> timed(grpc.on(node));
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

  private NodeAgent timed(NodeAgent agent) {
    return (NodeAgent)
        Proxy.newProxyInstance(
            NodeAgent.class.getClassLoader(),
            new Class<?>[] {NodeAgent.class},
            (proxy, method, arguments) -> {
              long begun = System.nanoTime();
              try {
                return method.invoke(agent, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                if (turn.get() != null) {
                  turn.get().agents += System.nanoTime() - begun;
                }
              }
            });
  }

  private String figures() {
    System.gc();
    heapPeak.accumulateAndGet(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max);
    var all = turns.values().stream().flatMap(Queue::stream).toList();
    String told =
        "{\"requests\":%d,\"by\":{%s},\"reconciles\":%d,\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f,\"policy_p99\":%.1f,\"own_p50\":%.1f,\"own_p99\":%.1f,\"cpu_p99\":%.1f,\"api_p50\":%.1f,\"api_p99\":%.1f,\"api_share\":%.2f,\"agents_share\":%.2f,\"heap\":%d}"
            .formatted(
                requests.values().stream().mapToLong(AtomicLong::get).sum(),
                new TreeMap<>(requests)
                    .entrySet().stream()
                        .map(it -> "\"%s\":%d".formatted(it.getKey(), it.getValue().get()))
                        .collect(Collectors.joining(",")),
                all.size(),
                millis(0.5, all, it -> it.nanos),
                millis(0.99, all, it -> it.nanos),
                millis(1, all, it -> it.nanos),
                millis(
                    0.99,
                    turns.getOrDefault("nodepressurepolicy", new ConcurrentLinkedQueue<>()),
                    it -> it.nanos),
                millis(0.5, all, it -> it.nanos - it.waited),
                millis(0.99, all, it -> it.nanos - it.waited),
                millis(0.99, all, it -> it.cpu),
                millis(0.5, answered, it -> it),
                millis(0.99, answered, it -> it),
                share(all, it -> it.waited - it.agents),
                share(all, it -> it.agents),
                heapPeak.get() >> 20);
    requests.clear();
    answered.clear();
    turns.clear();
    heapPeak.set(0);
    return told;
  }

  private static <T> double millis(double quantile, Collection<T> of, ToLongFunction<T> nanos) {
    long[] sorted = of.stream().mapToLong(nanos).sorted().toArray();
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * quantile))] / 1e6;
  }

  private static double share(Collection<Turn> of, ToLongFunction<Turn> nanos) {
    long all = of.stream().mapToLong(it -> it.nanos).sum();
    return all == 0 ? 0 : (double) of.stream().mapToLong(nanos).sum() / all;
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

  /** Counts requests, and how long those that write take until their answer begins. */
  private class Count implements Interceptor {
    private static final String BEGUN = "x-begun-nanos";

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
      builder.setHeader(BEGUN, "" + System.nanoTime());
    }

    @Override
    public void after(
        HttpRequest request,
        HttpResponse<?> response,
        AsyncBody.Consumer<List<ByteBuffer>> consumer) {
      String begun = request.header(BEGUN);
      if (begun != null && !request.method().equals("GET")) {
        answered.add(System.nanoTime() - Long.parseLong(begun));
      }
    }
  }

  private class Timed implements Metrics {
    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
      Turn mine = new Turn();
      turn.set(mine);
      long begun = System.nanoTime();
      long waited = waited();
      long cpu = THREADS.getCurrentThreadCpuTime();
      try {
        return execution.execute();
      } finally {
        mine.nanos = System.nanoTime() - begun;
        mine.waited = waited() - waited;
        mine.cpu = THREADS.getCurrentThreadCpuTime() - cpu;
        turn.remove();
        turns
            .computeIfAbsent(execution.controllerName(), it -> new ConcurrentLinkedQueue<>())
            .add(mine);
      }
    }

    private static long waited() {
      ThreadInfo info = THREADS.getThreadInfo(Thread.currentThread().threadId());
      return TimeUnit.MILLISECONDS.toNanos(info.getWaitedTime() + info.getBlockedTime());
    }
  }

  /** One reconciliation: how long it took, for how much of that it waited, and for whom. */
  private static class Turn {
    private long nanos;
    private long waited;
    private long cpu;
    private long agents;
  }
}
