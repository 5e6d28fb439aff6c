package io.hotfoot.operator.phase;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.agent.AgentReports;
import io.hotfoot.operator.agent.Background;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.agent.Wakeups;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.eviction.EventRecorder;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.eviction.EvictionMetrics;
import io.hotfoot.operator.eviction.StatusWriter;
import io.hotfoot.operator.kubevirt.Installation;
import io.hotfoot.operator.kubevirt.Launchers;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.kubevirt.Nodes;
import io.hotfoot.operator.kubevirt.Policies;
import io.hotfoot.operator.kubevirt.Vms;
import io.hotfoot.operator.preflight.Places;
import io.hotfoot.operator.preflight.Preflight;
import io.hotfoot.operator.preflight.Situation;
import io.hotfoot.operator.steering.HintCollection;
import io.hotfoot.operator.steering.SourceSide;
import io.hotfoot.operator.steering.SourceVm;
import io.hotfoot.operator.steering.TargetSide;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Takes an eviction from phase to phase, and its status to the API server. */
public class Phases {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private final Clock clock;
  private final Wakeups<VMEviction> wakeups;
  private final Preflight preflight;
  private final VmDeletions deletions;
  private final Migrations migrations;
  private final Places places;
  private final CleanUp cleanUp;
  private final Announcer announcer;
  private final StatusWriter<VMEviction> writer = new StatusWriter<>();
  private final Progress progress = new Progress();
  private final Map<EvictionPhase, PhaseHandler> handlers;

  public Phases(
      KubernetesClient client,
      Cluster cluster,
      NodeAgents agents,
      MeterRegistry registry,
      Clock clock,
      String operatorVersion) {
    this.clock = clock;
    wakeups = new Wakeups<>();
    deletions = new VmDeletions(cluster);
    migrations = new Migrations(client, cluster);
    Vms vms = new Vms(client, cluster);
    Launchers launchers = new Launchers(client, cluster);
    Policies policies = new Policies(client, cluster);
    Installation installation = new Installation(cluster);
    Nodes nodes = new Nodes(cluster);
    places = new Places(cluster, installation);

    AgentReports reports = new AgentReports(agents, clock, wakeups);
    SourceVm sourceVm = new SourceVm(vms, launchers);
    HintCollection hints = new HintCollection(agents, sourceVm, new Background<>(wakeups));
    SourceSide source = new SourceSide(agents, reports, sourceVm);
    TargetSide target = new TargetSide(agents, reports, launchers, new Background<>(wakeups));

    ServiceHandover services = new ServiceHandover(client, launchers);
    MigrationEnd end = new MigrationEnd(vms, deletions, source, services);
    Switch theSwitch = new Switch(source, vms);
    Transfer transfer = new Transfer(source, target);
    preflight =
        new Preflight(
            cluster,
            new Situation.Sources(vms, launchers, migrations, installation, nodes, agents),
            places,
            operatorVersion);

    cleanUp = new CleanUp(vms, policies, hints, reports, source, target);
    Finished finished = new Finished(client, cleanUp);
    announcer = new Announcer(new EventRecorder(client), new EvictionMetrics(registry));
    handlers =
        Map.of(
            EvictionPhase.Pending,
            new Pending(preflight, new Adoption(migrations, vms)),
            EvictionPhase.Preparing,
            new Preparing(vms, policies, installation, migrations, hints, source),
            EvictionPhase.Migrating,
            new Migrating(migrations, launchers, end, theSwitch, hints, source, target),
            EvictionPhase.PostCopy,
            new PostCopy(migrations, end, transfer, hints, source, target, services),
            EvictionPhase.Draining,
            new Draining(migrations, end, transfer, source, services),
            EvictionPhase.Succeeded,
            finished,
            EvictionPhase.Failed,
            finished,
            EvictionPhase.Aborted,
            finished);
  }

  /** Has an eviction looked at when its agents have news. */
  public Wakeups<VMEviction> wakeups() {
    return wakeups;
  }

  /** Tells of each eviction that ends. */
  public void atEnd(Consumer<Eviction> told) {
    announcer.atEnd(told);
  }

  /** Makes the checks of an eviction that need not exist. */
  public void rehearse(VMEviction resource) {
    Eviction eviction = new Eviction(resource, clock.instant());
    preflight.rehearse(eviction);
    hasChanged(eviction); // for its code's sake too: that comes first after the checks
  }

  /**
   * Does all that can be done now.
   *
   * @param writeStatus applies a status to the API server and gives the object as it is then
   * @return when to go on without being called; absent: never
   */
  public Optional<Duration> proceed(VMEviction resource, UnaryOperator<VMEviction> writeStatus) {
    Eviction eviction = new Eviction(resource, clock.instant());
    while (true) {
      Step step = handlers.get(eviction.phase()).proceed(eviction);
      switch (step) {
        case Step.Stay stay -> {}
        case Step.Go(EvictionPhase phase, Duration after) -> go(eviction, phase);
        case Step.End end -> conclude(eviction, end);
      }
      if (goesStraightOn(step)) {
        continue;
      }
      if (step == Step.TICK && progress.canWait(eviction)) {
        return Optional.of(Step.TICK.again());
      }
      eviction = write(eviction, writeStatus);
      if (step instanceof Step.Stay(Duration again)) {
        return Optional.ofNullable(again);
      }
      if (step instanceof Step.End) {
        return Optional.of(Duration.ZERO);
      }
      if (step instanceof Step.Go(EvictionPhase phase, Duration after) && after != null) {
        return Optional.of(after);
      }
    }
  }

  /** Only what Preparing goes by must be written before it acts; the rest can be found anew. */
  private static boolean goesStraightOn(Step step) {
    return step instanceof Step.Go(EvictionPhase phase, Duration after)
        && after == null
        && phase != EvictionPhase.Preparing;
  }

  private Eviction write(Eviction eviction, UnaryOperator<VMEviction> writeStatus) {
    VMEviction current = eviction.resource();
    eviction.status().observedGeneration = current.getMetadata().getGeneration();
    if (hasChanged(eviction)) {
      current = writer.write(withStatusOf(eviction), writeStatus);
      progress.written(eviction);
      announcer.announce(eviction);
    }
    return new Eviction(current, clock.instant());
  }

  /** The last of an eviction that is deleted: its migrations go with it. */
  public void remove(VMEviction resource) {
    Eviction eviction = new Eviction(resource, clock.instant());
    deletions.forget(eviction);
    if (eviction.hasBegun()) {
      migrations.deleteEnded(eviction);
    }
  }

  private void go(Eviction eviction, EvictionPhase phase) {
    eviction.status().phase = phase;
    if (phase == EvictionPhase.Pending) {
      places.free(eviction);
    }
  }

  private void conclude(Eviction eviction, Step.End end) {
    cleanUp.after(eviction);
    places.free(eviction);
    if (eviction.isUnknown(EvictionCondition.Type.HintsCollected)) {
      eviction.say(
          EvictionCondition.Type.HintsCollected,
          EvictionCondition.Status.False,
          Reason.NoHints,
          "the migration ended before hints were there");
    }
    eviction.status().phase = end.as();
    eviction.status().timing.completed = eviction.now();
    eviction.say(
        EvictionCondition.Type.Completed,
        EvictionCondition.Status.True,
        end.reason(),
        end.message());
  }

  private static boolean hasChanged(Eviction eviction) {
    return !json(eviction.status()).equals(json(eviction.resource().getStatus()));
  }

  private static JsonNode json(VMEvictionStatus status) {
    return SERIALIZATION.convertValue(status, JsonNode.class);
  }

  /** What server-side apply is to own: the status and nothing else. */
  private static VMEviction withStatusOf(Eviction eviction) {
    VMEviction applied = new VMEviction();
    applied.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(eviction.namespace())
            .withName(eviction.name())
            .build());
    applied.setStatus(eviction.status());
    return applied;
  }
}
