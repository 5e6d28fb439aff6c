package io.hotfoot.lab;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.hotfoot.lab.Throughput.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Records one VM from outside for as long as it lives, on whichever node: its serial console, and
 * libvirt's events in each of its launcher pods.
 */
final class Recording implements AutoCloseable, ResourceEventHandler<Pod> {
  private static final String CONSOLE = "guest-console-log";
  private static final String[] EVENTS = {
    "virsh", "-c", "qemu:///session", "event", "--all", "--loop", "--timestamp"
  };

  private final KubernetesClient client;
  private final SharedIndexInformer<Pod> pods;
  private final Map<String, Follower> followers = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Reading> readings = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<DomainEvent> events = new ConcurrentLinkedQueue<>();
  private volatile boolean ready;

  /**
   * @param vmiUid the VMI's UID: its launcher pods carry it as a label
   */
  Recording(KubernetesClient client, String namespace, String vmiUid) {
    this.client = client;
    pods =
        client
            .pods()
            .inNamespace(namespace)
            .withLabel("kubevirt.io/created-by", vmiUid)
            .inform(this);
  }

  /** Has the guest said that all its parts run? */
  boolean saysReady() {
    return ready;
  }

  Throughput throughput() {
    return Throughput.of(List.copyOf(readings));
  }

  /** All events so far, in the order in which they came. */
  List<DomainEvent> events() {
    return new ArrayList<>(events);
  }

  @Override
  public void onAdd(Pod pod) {
    var name = pod.getMetadata().getName();
    if (runs(pod, CONSOLE)) {
      followers.computeIfAbsent(
          name + "/console", key -> follow(pod, () -> console(pod), this::line));
    }
    if (runs(pod, PodProgram.COMPUTE)) {
      followers.computeIfAbsent(
          name + "/events",
          key ->
              follow(
                  pod,
                  () -> events(pod),
                  line -> DomainEvent.parse(name, line).ifPresent(events::add)));
    }
  }

  @Override
  public void onUpdate(Pod before, Pod pod) {
    onAdd(pod);
  }

  @Override
  public void onDelete(Pod pod, boolean finalStateUnknown) {
    // Its streams end by themselves.
  }

  private void line(String line) {
    Console.reading(line).ifPresent(readings::add);
    ready |= Console.saysReady(line);
  }

  private Follower follow(Pod pod, Supplier<Follower.Stream> source, Consumer<String> lines) {
    var key = pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    return new Follower(
        source,
        () -> {
          var now = pods.getStore().getByKey(key);
          return now != null && "Running".equals(now.getStatus().getPhase());
        },
        lines);
  }

  private Follower.Stream console(Pod pod) {
    var log = client.pods().resource(pod).inContainer(CONSOLE).usingTimestamps().watchLog();
    return new Follower.Stream(log.getOutput(), log);
  }

  /** With a terminal: then virsh writes each line at once, and ends when this end goes. */
  private Follower.Stream events(Pod pod) {
    var program =
        client
            .pods()
            .resource(pod)
            .inContainer(PodProgram.COMPUTE)
            .redirectingOutput()
            .withTTY()
            .exec(EVENTS);
    return new Follower.Stream(program.getOutput(), program::close);
  }

  private static boolean runs(Pod pod, String container) {
    return pod.getStatus().getContainerStatuses().stream()
        .filter(status -> status.getName().equals(container))
        .map(ContainerStatus::getState)
        .anyMatch(state -> state.getRunning() != null);
  }

  @Override
  public void close() {
    pods.close();
    followers.values().forEach(Follower::close);
  }
}
