package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.api.v1alpha1.PressureTrigger.Resource;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.kubevirt.Installation;
import io.hotfoot.operator.kubevirt.Migrations;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides what would relieve a pressed node, within a policy's budget and KubeVirt's limits. */
final class Decider {
  private final Cluster cluster;
  private final Migrations migrations;
  private final Installation installation;
  private final Clock clock;

  Decider(Cluster cluster, Migrations migrations, Clock clock) {
    this.cluster = cluster;
    this.migrations = migrations;
    this.installation = new Installation(cluster);
    this.clock = clock;
  }

  /**
   * What to do about one node.
   *
   * @param choice null where nothing may be done; outcome and message then tell why
   */
  record Verdict(Outcome outcome, String message, Choice choice) {}

  /**
   * @param receivers nodes that could take a VM, the best first
   */
  Turn decisions(NodePressurePolicy policy, History history, List<Receiver> receivers) {
    return new Turn(policy, history, receivers);
  }

  /** Decisions of one policy at one moment. */
  final class Turn {
    private final NodePressurePolicy policy;
    private final History history;
    private final List<Receiver> receivers;
    private final Set<String> migrating;
    private final Candidates candidates;

    private Turn(NodePressurePolicy policy, History history, List<Receiver> receivers) {
      List<VirtualMachineInstanceMigration> active = migrations.active();
      this.policy = policy;
      this.history = history;
      this.receivers = receivers;
      this.migrating = active.stream().map(Turn::vmOf).collect(Collectors.toSet());
      this.candidates =
          new Candidates(
              policy.getSpec(), history, migrating, new Groups(cluster, history, migrating));
    }

    private static String vmOf(VirtualMachineInstanceMigration migration) {
      return migration.getMetadata().getNamespace() + "/" + migration.getSpec().vmiName();
    }

    Verdict on(NodePressure node) {
      Optional<String> stopped = history.stopped(policy);
      if (stopped.isPresent()) {
        return new Verdict(Outcome.Stopped, stopped.get(), null);
      }
      Optional<String> wait =
          history.noRoom(policy, node.node()).or(() -> kubeVirtIsBusy(node.node()));
      if (wait.isPresent()) {
        return new Verdict(Outcome.Waiting, wait.get(), null);
      }
      Score score = score(node.node(), node.shortOf().orElseThrow());
      Choice choice = new Chooser(score, receivers).choose(candidates(node));
      return choice.pick().isEmpty()
          ? new Verdict(Outcome.NothingGood, choice.explanation(), null)
          : new Verdict(null, choice.explanation(), choice);
    }

    List<Candidate> candidates(NodePressure node) {
      return candidates.of(node, cluster.vmsOn(node.node()));
    }

    Score score(String node, Resource shortOf) {
      return new Score(shortOf, history.linkBytes(node).orElse(Score.USUAL_LINK_BYTES));
    }

    /** Beyond its limits KubeVirt lets migrations wait; a queue of them would help nobody. */
    private Optional<String> kubeVirtIsBusy(String node) {
      int perCluster = installation.parallelPerCluster();
      if (migrating.size() >= perCluster) {
        return Optional.of(
            "KubeVirt's parallelMigrationsPerCluster of " + perCluster + " is reached");
      }
      int perNode = installation.parallelOutboundPerNode();
      long leaving =
          cluster.vmsOn(node).stream().map(Candidates::key).filter(migrating::contains).count();
      return leaving < perNode
          ? Optional.empty()
          : Optional.of(
              "KubeVirt's parallelOutboundMigrationsPerNode of " + perNode + " is reached");
    }
  }
}
