package io.hotfoot.operator.agent;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.hotfoot.operator.cluster.Cluster;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Finds agents by their pods, and keeps one connection to each. */
public class GrpcNodeAgents implements NodeAgents, AutoCloseable {
  static final int PORT = 9443;
  static final String NAME = "hotfoot-agent";

  private final Cluster cluster;
  private final String namespace;
  private final AgentTls tls;
  private final Map<String, ManagedChannel> channelByIp = new ConcurrentHashMap<>();

  public GrpcNodeAgents(Cluster cluster, String namespace, AgentTls tls) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.tls = tls;
    cluster.onAgents(new Connections());
  }

  @Override
  public NodeAgent on(String nodeName) {
    return cluster.agentsOn(nodeName).stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(Readiness::isPodReady)
        .findFirst()
        .map(pod -> new GrpcNodeAgent(nodeName, channelTo(pod.getStatus().getPodIP())))
        .orElseThrow(() -> noAgent(nodeName));
  }

  private AgentException noAgent(String nodeName) {
    return new AgentException(
        Status.Code.UNAVAILABLE,
        "no pod of DaemonSet %s is ready on node %s: see `kubectl -n %s get pods -o wide`"
            .formatted(NAME, nodeName, namespace));
  }

  private ManagedChannel channelTo(String ip) {
    return channelByIp.computeIfAbsent(ip, address -> open(address, tls));
  }

  static ManagedChannel open(String ip, AgentTls tls) {
    return NettyChannelBuilder.forAddress(ip, PORT)
        .sslContext(tls.context())
        .overrideAuthority(NAME)
        .intercept(new NamedCalls())
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(5, TimeUnit.SECONDS)
        .build();
  }

  @Override
  public void close() {
    channelByIp.values().forEach(ManagedChannel::shutdownNow);
  }

  /** Connects to agents before there is need, and drops those that are gone. */
  private class Connections implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      if (Readiness.isPodReady(pod)) {
        channelTo(pod.getStatus().getPodIP()).getState(true);
      }
    }

    @Override
    public void onUpdate(Pod before, Pod after) {
      onAdd(after);
    }

    @Override
    public void onDelete(Pod pod, boolean unknownFinalState) {
      String ip = pod.getStatus().getPodIP();
      ManagedChannel channel = ip == null ? null : channelByIp.remove(ip);
      if (channel != null) {
        channel.shutdownNow();
      }
    }
  }
}
