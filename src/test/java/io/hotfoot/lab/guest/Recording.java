package io.hotfoot.lab.guest;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.hotfoot.lab.guest.Throughput.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * Records one VM from outside for as long as it lives, on whichever node: its serial console, and
 * libvirt's events in each of its launcher pods.
 */
public final class Recording implements AutoCloseable, ResourceEventHandler<Pod> {
  private static final String CONSOLE = "guest-console-log";
  private static final String[] EVENTS =
      Virsh.command("event", "--all", "--loop", "--timestamp", "--timeout", "1200");

  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

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
  public List<DomainEvent> events() {
    return new ArrayList<>(events);
  }

  @Override
  public void onAdd(Pod pod) {
    var name = pod.getMetadata().getName();
    if (runs(pod, CONSOLE)) {
      followers.computeIfAbsent(
          name + "/console", key -> new Follower(() -> console(pod), this::line));
    }
    if (runs(pod, PodProgram.COMPUTE)) {
      followers.computeIfAbsent(
          name + "/events",
          key ->
              new Follower(
                  () -> events(pod), line -> DomainEvent.parse(name, line).ifPresent(events::add)));
    }
  }

  @Override
  public void onUpdate(Pod before, Pod pod) {
    if (ENDED.contains(pod.getStatus().getPhase())) {
      endWithStreams(pod);
    } else {
      onAdd(pod);
    }
  }

  @Override
  public void onDelete(Pod pod, boolean finalStateUnknown) {
    endWithStreams(pod);
  }

  private void endWithStreams(Pod pod) {
    var prefix = pod.getMetadata().getName() + "/";
    followers.forEach(
        (key, follower) -> {
          if (key.startsWith(prefix)) {
            follower.endWithStream();
          }
        });
  }

  private void line(String line) {
    Console.reading(line).ifPresent(readings::add);
    ready |= Console.saysReady(line);
  }

  private Follower.Lines console(Pod pod) {
    var log = client.pods().resource(pod).inContainer(CONSOLE).usingTimestamps().watchLog();
    return new Follower.Lines(log.getOutput(), log);
  }

  /** virsh does not notice when this end goes, hence its time limit. */
  private Follower.Lines events(Pod pod) {
    var program =
        client
            .pods()
            .resource(pod)
            .inContainer(PodProgram.COMPUTE)
            .redirectingOutput()
            .exec(EVENTS);
    return new Follower.Lines(program.getOutput(), program::close);
  }

  /** The console's container is an ordinary one or a side-car among the init containers. */
  private static boolean runs(Pod pod, String container) {
    var status = pod.getStatus();
    return Stream.concat(
            status.getContainerStatuses().stream(), status.getInitContainerStatuses().stream())
        .filter(it -> it.getName().equals(container))
        .map(ContainerStatus::getState)
        .anyMatch(state -> state.getRunning() != null);
  }

  @Override
  public void close() {
    pods.close();
    followers.values().forEach(Follower::close);
  }
}
