package io.hotfoot.operator.agent;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;

/** Looks an agent up and connects to it when it is asked for: for who asks each of them once. */
public class AgentsAskedOnce implements NodeAgents, AutoCloseable {
  private final KubernetesClient client;
  private final String namespace;
  private final AgentTls tls;
  private final List<ManagedChannel> channels = new ArrayList<>();

  public AgentsAskedOnce(KubernetesClient client, String namespace, AgentTls tls) {
    this.client = client;
    this.namespace = namespace;
    this.tls = tls;
  }

  @Override
  public NodeAgent on(String nodeName) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("app.kubernetes.io/name", GrpcNodeAgents.NAME)
        .withField("spec.nodeName", nodeName)
        .list()
        .getItems()
        .stream()
        .filter(Readiness::isPodReady)
        .findFirst()
        .map(pod -> new GrpcNodeAgent(nodeName, connect(pod.getStatus().getPodIP())))
        .orElseThrow(
            () ->
                new AgentException(
                    Status.Code.UNAVAILABLE,
                    "no pod of DaemonSet %s is ready: see `kubectl -n %s get pods -o wide`"
                        .formatted(GrpcNodeAgents.NAME, namespace)));
  }

  private ManagedChannel connect(String ip) {
    ManagedChannel channel = GrpcNodeAgents.open(ip, tls);
    channels.add(channel);
    return channel;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
