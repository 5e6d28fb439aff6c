package io.hotfoot.operator.pressure;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.cluster.Cluster;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Goes through what comes before an eviction's migration, for a VM of each node, before there is
 * need; changes nothing. What is gone through first, here and in the node's agent, has to be loaded
 * and compiled, which on a pressed node takes seconds.
 */
final class Rehearsal {
  private static final Logger LOG = Logger.getLogger(Rehearsal.class);

  private final KubernetesClient client;
  private final Cluster cluster;
  private final Clock clock;
  private final Consumer<VMEviction> checks;
  private final Set<String> begun = new HashSet<>();

  /** One after the other: there is no hurry. */
  private final ExecutorService later =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("rehearsal").factory());

  /**
   * @param checks makes an eviction's checks, without effect
   */
  Rehearsal(KubernetesClient client, Cluster cluster, Clock clock, Consumer<VMEviction> checks) {
    this.client = client;
    this.cluster = cluster;
    this.clock = clock;
    this.checks = checks;
  }

  /** Once for each of these nodes that has a VM. Returns at once. */
  void on(Collection<String> nodes) {
    for (String node : nodes) {
      Optional<VirtualMachineInstance> vm = cluster.vmsOn(node).stream().findFirst();
      if (vm.isPresent() && begun.add(node)) {
        boolean first = begun.size() == 1;
        later.execute(() -> rehearse(evictionOf(vm.get()), first));
      }
    }
  }

  private void rehearse(VMEviction eviction, boolean first) {
    try {
      if (first) {
        client.resource(eviction).dryRun(true).create();
      }
      checks.accept(eviction);
    } catch (KubernetesClientException | AgentException e) {
      LOG.debugf("not rehearsed: %s", e.getMessage());
    }
  }

  private VMEviction evictionOf(VirtualMachineInstance vm) {
    VMEviction eviction = new VMEviction();
    eviction.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(vm.getMetadata().getNamespace())
            .withName("rehearsal")
            .withUid("rehearsal")
            .withCreationTimestamp(clock.instant().toString())
            .build());
    eviction.setSpec(
        new VMEvictionSpec(
            vm.getMetadata().getName(),
            EvictionMode.Enlightened,
            null,
            new Hints(Hints.Source.Auto, null),
            "2m",
            0,
            false,
            null,
            null,
            null));
    return eviction;
  }
}
