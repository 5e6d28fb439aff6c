package io.hotfoot.operator.it.scale;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.TriggerState;
import io.hotfoot.agent.v1.VmUsage;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.agent.LoopbackAgents;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Nodes with agents, virt-handlers and VMs, made directly on the API server. */
class BulkCluster {
  static final int VMS_PER_NODE = 20;
  private static final int THREADS = 16;
  private static final long GIB = 1L << 30;

  private final KubernetesClient client;
  private final String namespace;
  private final int size;
  private final Map<String, BulkAgent> agents = new HashMap<>();

  BulkCluster(KubernetesClient client, String namespace, int size) {
    this.client = client;
    this.namespace = namespace;
    this.size = size;
    IntStream.range(0, size).forEach(i -> agents.put(node(i), new BulkAgent()));
  }

  static String node(int i) {
    return "scale-%04d".formatted(i);
  }

  static String vm(int node, int i) {
    return "vm-%04d-%02d".formatted(node, i);
  }

  static String nodeOf(String vm) {
    return "scale-" + vm.substring(3, 7);
  }

  BulkAgent agent(String node) {
    return agents.get(node);
  }

  Iterable<BulkAgent> agents() {
    return agents.values();
  }

  void create(LoopbackAgents loopback) {
    forEach(size, i -> createNode(loopback, i));
    forEach(size * VMS_PER_NODE, i -> createVm(i / VMS_PER_NODE, i % VMS_PER_NODE));
  }

  private void createNode(LoopbackAgents loopback, int i) {
    String name = node(i);
    client.raw(
        "/api/v1/nodes",
        "POST",
        """
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"%s","labels":{
         "kubevirt.io/schedulable":"true","kubernetes.io/hostname":"%s","scale":"%s"}},
         "status":{"conditions":[{"type":"Ready","status":"True"}]}}
        """
            .formatted(name, name, namespace));
    pod("virt-handler-" + name, name, "{\"kubevirt.io\":\"virt-handler\"}");
    loopback.serve(name, agents.get(name));
    calm(name);
  }

  /** A running one. */
  String pod(String name, String node, String labels) {
    String pods = "/api/v1/namespaces/" + namespace + "/pods";
    String uid =
        uidOf(
            client.raw(
                pods,
                "POST",
                """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":%s},
                 "spec":{"nodeName":"%s","containers":[{"name":"compute","image":"none"}]}}
                """
                    .formatted(name, labels, node)));
    client.raw(
        pods + "/" + name + "/status",
        "PUT",
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":%s},
         "spec":{"nodeName":"%s","containers":[{"name":"compute","image":"none"}]},
         "status":{"phase":"Running","startTime":"2026-01-01T00:00:00Z",
          "conditions":[{"type":"Ready","status":"True"}]}}
        """
            .formatted(name, labels, node));
    return uid;
  }

  private static String uidOf(String json) {
    int at = json.indexOf("\"uid\":\"") + 7;
    return json.substring(at, json.indexOf('"', at));
  }

  private void createVm(int node, int i) {
    client.raw(
        "/apis/kubevirt.io/v1/namespaces/" + namespace + "/virtualmachineinstances",
        "POST",
        """
        {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachineInstance",
         "metadata":{"name":"%s","labels":{"kubevirt.io/nodeName":"%s","app":"shop","tier":"%s"}},
         "spec":{"domain":{"devices":{},"resources":{"limits":{"cpu":"1"}}}},
         "status":{"phase":"Running","nodeName":"%s","memory":{"guestCurrent":"1Gi"},
          "activePods":{"%s":"%s"},
          "conditions":[{"type":"LiveMigratable","status":"True"},{"type":"Ready","status":"True"}]}}
        """
            .formatted(vm(node, i), node(node), i % 3, node(node), UUID.randomUUID(), node(node)));
  }

  void calm(String node) {
    agents.get(node).press(report(node, 2, false));
  }

  void press(String node) {
    agents.get(node).press(report(node, 80, true));
  }

  private PressureReport report(String node, int percent, boolean holds) {
    int number = Integer.parseInt(node.substring(6));
    return PressureReport.newBuilder()
        .addTriggers(TriggerState.newBuilder().setPercent(percent).setHolds(holds))
        .setMemoryTotal(64 * GIB)
        .setMemoryAvailable(32 * GIB)
        .addAllVms(IntStream.range(0, VMS_PER_NODE).mapToObj(i -> usage(vm(number, i), i)).toList())
        .build();
  }

  private VmUsage usage(String vm, int i) {
    return VmUsage.newBuilder()
        .setNamespace(namespace)
        .setName(vm)
        .setCpuMilli(100 + 10 * i)
        .setResidentBytes(GIB)
        .build();
  }

  void remove() {
    client.nodes().withLabel("scale", namespace).withGracePeriod(0).delete();
    client.pods().inNamespace(namespace).withGracePeriod(0).delete();
    List.of(VirtualMachineInstance.class, VirtualMachineInstanceMigration.class)
        .forEach(kind -> client.resources(kind).inNamespace(namespace).delete());
  }

  static void forEach(int count, IntConsumer what) {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<? extends Future<?>> done =
          IntStream.range(0, count).mapToObj(i -> threads.submit(() -> what.accept(i))).toList();
      for (Future<?> it : done) {
        it.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
