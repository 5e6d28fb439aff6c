package io.hotfoot.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.operator.agent.AgentTls;
import io.hotfoot.operator.agent.GrpcNodeAgents;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.phase.Phases;
import io.hotfoot.operator.pressure.Relief;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** How the operator is put together. */
class OperatorBeans {
  @Produces
  @Singleton
  Phases phases(
      KubernetesClient client,
      NodeAgents agents,
      MeterRegistry registry,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    return new Phases(client, agents, registry, Clock.systemUTC(), version);
  }

  @Produces
  @Singleton
  Relief relief(KubernetesClient client, NodeAgents agents, MeterRegistry registry) {
    return new Relief(client, agents, registry, Clock.systemUTC());
  }

  @Produces
  @Singleton
  GrpcNodeAgents agents(
      KubernetesClient client,
      Vertx vertx,
      @ConfigProperty(name = "hotfoot.namespace") String namespace,
      @ConfigProperty(name = "hotfoot.tls-dir") Path tls) {
    return new GrpcNodeAgents(client, namespace, new AgentTls(vertx, tls));
  }

  void close(@Disposes GrpcNodeAgents agents) {
    agents.close();
  }

  /** Without it the Operator SDK counts nothing. */
  @Produces
  @Singleton
  Metrics metrics(MeterRegistry registry) {
    return MicrometerMetricsV2.newBuilder(registry).build();
  }
}
