package io.hotfoot.lab.chaos;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.lab.Lab;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.move.Eviction;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a fault finds: one eviction in a lab.
 *
 * @param linkMbit the link's rate, Mbit/s
 * @param lastsMs how long a fault lasts that does not last, ms
 * @param random draws what else is open, the same for the same seed
 */
record Scene(
    KubernetesClient client,
    Lab lab,
    LabProcesses processes,
    List<String> nodes,
    Guest guest,
    Eviction eviction,
    String source,
    String target,
    int linkMbit,
    int lastsMs,
    RandomGenerator random) {

  /** Source or target. */
  String oneNode() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  List<LabProcess> operators() {
    return nodes.stream().flatMap(node -> processes.operators(node).stream()).toList();
  }

  /**
   * Has the guest run a shell's script, on whichever node it runs, and does not wait for it.
   *
   * @throws IOException if the guest's agent does not answer
   */
  void inGuest(String script) throws IOException {
    boolean moved = eviction.status().timing.executionTransferred != null;
    try {
      guest.startOn(moved ? target : source, "/bin/sh", "-c", script);
    } catch (IOException | IllegalStateException e) {
      guest.startOn(moved ? source : target, "/bin/sh", "-c", script);
    }
  }
}
