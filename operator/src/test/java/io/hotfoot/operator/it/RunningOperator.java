package io.hotfoot.operator.it;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.hotfoot.operator.NodePressurePolicyReconciler;
import io.hotfoot.operator.VMEvictionReconciler;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.cluster.ServerTime;
import io.hotfoot.operator.eviction.SteadyClock;
import io.hotfoot.operator.metrics.OperatorMetrics;
import io.hotfoot.operator.phase.Phases;
import io.hotfoot.operator.pressure.Relief;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;

/** The operator as its pod runs it, in this process. */
class RunningOperator implements AutoCloseable {
  private final KubernetesClient client;
  private final Cluster cluster;
  private final Operator operator;

  static RunningOperator start(NodeAgents agents) {
    return start(agents, new Interceptor() {});
  }

  static RunningOperator start(NodeAgents agents, Interceptor requests) {
    return new RunningOperator(agents, requests, new SimpleMeterRegistry());
  }

  static RunningOperator start(NodeAgents agents, MeterRegistry registry) {
    return new RunningOperator(agents, new Interceptor() {}, registry);
  }

  private RunningOperator(NodeAgents agents, Interceptor requests, MeterRegistry registry) {
    OperatorRights.grant(ControlPlane.client());
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(ControlPlane.config())
                    .withImpersonateUsername(OperatorRights.USER)
                    .build())
            .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("test", requests))
            .build();
    cluster = new Cluster(client, "hotfoot-system");
    operator =
        new Operator(
            settings ->
                settings
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withMetrics(MicrometerMetricsV2.newBuilder(registry).build())
                    .withReconciliationTerminationTimeout(Duration.ofSeconds(1)));
    Clock clock = new SteadyClock(ServerTime.now(client, Clock.systemUTC()));
    Phases phases = new Phases(client, cluster, agents, registry, clock, "0.1.0-SNAPSHOT");
    Relief relief = new Relief(client, cluster, agents, registry, clock);
    relief.rehearse(phases::rehearse);
    operator.register(new VMEvictionReconciler(phases));
    operator.register(new NodePressurePolicyReconciler(relief));
    new OperatorMetrics(() -> cluster, "0.1.0-SNAPSHOT").bindTo(registry);
    operator.start();
  }

  /** Cuts it off from the cluster in the middle of whatever it does, and drops all that it knew. */
  void kill() {
    client.close();
    operator.stop();
    cluster.close();
  }

  @Override
  public void close() {
    operator.stop();
    cluster.close();
    client.close();
  }
}
