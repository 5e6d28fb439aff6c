package io.hotfoot.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.hotfoot.operator.agent.AgentTls;
import io.hotfoot.operator.agent.GrpcNodeAgents;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.cluster.ServerTime;
import io.hotfoot.operator.eviction.SteadyClock;
import io.hotfoot.operator.live.Leadership;
import io.hotfoot.operator.live.LiveView;
import io.hotfoot.operator.metrics.OperatorMetrics;
import io.hotfoot.operator.phase.Phases;
import io.hotfoot.operator.preflight.InstallCheck;
import io.hotfoot.operator.pressure.Relief;
import io.hotfoot.operator.tracing.EvictionTraces;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** How the operator is put together. */
class OperatorBeans {
  private static final String LEASE = "hotfoot-operator";

  /** So many evictions and policies; more would only wait for the API server. */
  private static final int AT_ONCE = 10;

  @Produces
  @Singleton
  Phases phases(
      KubernetesClient client,
      Cluster cluster,
      NodeAgents agents,
      MeterRegistry registry,
      Clock clock,
      Optional<EvictionTraces> traces,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    Phases phases = new Phases(client, cluster, agents, registry, clock, version);
    traces.ifPresent(it -> phases.atEnd(it::ended));
    return phases;
  }

  @Produces
  @Singleton
  Optional<EvictionTraces> traces(
      @ConfigProperty(name = "hotfoot.traces") Optional<String> endpoint,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    return endpoint.map(it -> EvictionTraces.to(it, version));
  }

  void close(@Disposes Optional<EvictionTraces> traces) {
    traces.ifPresent(EvictionTraces::close);
  }

  @Produces
  @Singleton
  Relief relief(
      KubernetesClient client,
      Cluster cluster,
      NodeAgents agents,
      MeterRegistry registry,
      Clock clock,
      Phases phases) {
    Relief relief = new Relief(client, cluster, agents, registry, clock);
    relief.rehearse(phases::rehearse);
    return relief;
  }

  /**
   * Where this machine's clock was wrong, every deadline would have passed, or no budget counted.
   */
  @Produces
  @Singleton
  Clock clock(KubernetesClient client) {
    return new SteadyClock(ServerTime.now(client, Clock.systemUTC()));
  }

  @Produces
  @Singleton
  Cluster cluster(
      KubernetesClient client, @ConfigProperty(name = "hotfoot.namespace") String namespace) {
    return new Cluster(client, namespace);
  }

  void close(@Disposes Cluster cluster) {
    cluster.close();
  }

  @Produces
  @Singleton
  GrpcNodeAgents agents(
      Cluster cluster,
      Vertx vertx,
      @ConfigProperty(name = "hotfoot.namespace") String namespace,
      @ConfigProperty(name = "hotfoot.tls-dir") Path tls) {
    return new GrpcNodeAgents(cluster, namespace, new AgentTls(vertx, tls));
  }

  void close(@Disposes GrpcNodeAgents agents) {
    agents.close();
  }

  /**
   * Put together here, not by the Quarkus extension: on its way from build to run it loses settings
   * of a reconciler, and what it generates for that differs from build to build.
   */
  @Produces
  @Singleton
  Operator operator(
      KubernetesClient client,
      Metrics metrics,
      LeaderElectionConfiguration leaderElection,
      Phases phases,
      Relief relief) {
    Operator operator =
        new Operator(
            settings ->
                settings
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withMetrics(metrics)
                    .withLeaderElectionConfiguration(leaderElection)
                    .withConcurrentReconciliationThreads(AT_ONCE)
                    .withReconciliationTerminationTimeout(Duration.ofSeconds(10)));
    operator.register(new VMEvictionReconciler(phases));
    operator.register(new NodePressurePolicyReconciler(relief));
    return operator;
  }

  /**
   * The Operator SDK starts the reconcilers of the leader only, and all that acts is called by
   * them. A leader that has lost its lease stops on the spot: whatever it has begun, the next one
   * goes on with from the cluster's state.
   */
  @Produces
  @Singleton
  LeaderElectionConfiguration leaderElection(
      @ConfigProperty(name = "hotfoot.namespace") String namespace, Leadership leadership) {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
        .withLeaseNamespace(namespace)
        .withLeaseDuration(Duration.ofSeconds(10))
        .withRenewDeadline(Duration.ofSeconds(7))
        .withRetryPeriod(Duration.ofSeconds(2))
        .withLeaderCallbacks(
            new LeaderCallbacks(leadership::win, () -> Runtime.getRuntime().halt(1), leader -> {}))
        .build();
  }

  @Produces
  @Singleton
  OperatorMetrics operatorMetrics(
      Provider<Cluster> cluster,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    return new OperatorMetrics(cluster::get, version);
  }

  @Produces
  @Singleton
  Leadership leadership() {
    return new Leadership();
  }

  @Produces
  @Singleton
  LiveView liveView(
      @ConfigProperty(name = "hotfoot.operator") String operator,
      Leadership leadership,
      Relief relief,
      Cluster cluster) {
    return new LiveView(operator, leadership, relief, cluster);
  }

  @Produces
  @Singleton
  InstallCheck installCheck(
      KubernetesClient client,
      NodeAgents agents,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    return new InstallCheck(client, agents, version);
  }

  /** Without it the Operator SDK counts nothing. */
  @Produces
  @Singleton
  Metrics metrics(MeterRegistry registry) {
    return MicrometerMetricsV2.newBuilder(registry).build();
  }
}
