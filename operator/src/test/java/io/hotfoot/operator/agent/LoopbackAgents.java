package io.hotfoot.operator.agent;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.hotfoot.agent.v1.NodeAgentGrpc;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Agents that an operator in another process finds as it finds real ones: by their pods, at port
 * 9443, by mutual TLS. Each has an address of its own out of 127.0.0.0/8, and one server has them
 * all.
 */
public class LoopbackAgents implements AutoCloseable {
  private static final Metadata.Key<String> ABOUT =
      Metadata.Key.of("hotfoot-about", Metadata.ASCII_STRING_MARSHALLER);
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;
  private final String namespace;
  private final Vertx vertx = Vertx.vertx();
  private final Server server;
  private final AtomicInteger last = new AtomicInteger();
  private final Map<String, ServerServiceDefinition> byIp = new ConcurrentHashMap<>();
  private final Set<String> subjects = ConcurrentHashMap.newKeySet();

  /**
   * @param namespace where the agents' pods are
   */
  public LoopbackAgents(KubernetesClient client, String namespace, TestCertificates certificates) {
    this.client = client;
    this.namespace = namespace;
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress("0.0.0.0", GrpcNodeAgents.PORT))
              .sslContext(certificates.serverContext(vertx, "ours/hotfoot-agent"))
              .executor(Executors.newVirtualThreadPerTaskExecutor())
              .addService(dispatcher())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void serve(String node, BindableService agent) {
    int number = last.getAndIncrement();
    String ip = "127.77.%d.%d".formatted(number / 250, number % 250 + 1);
    byIp.put(ip, agent.bindService());
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName("hotfoot-agent-" + node)
            .addToLabels("app.kubernetes.io/name", GrpcNodeAgents.NAME)
            .endMetadata()
            .withNewSpec()
            .withNodeName(node)
            .addNewContainer()
            .withName("agent")
            .withImage("none")
            .endContainer()
            .endSpec()
            .build();
    client.resource(pod).create();
    client
        .resource(pod)
        .subresource("status")
        .patch(
            MERGE,
            "{\"status\":{\"phase\":\"Running\",\"podIP\":\"%s\",\"podIPs\":[{\"ip\":\"%s\"}],\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}"
                .formatted(ip, ip));
  }

  /** What the operator has said that its calls are about. */
  public Set<String> subjects() {
    return subjects;
  }

  private ServerServiceDefinition dispatcher() {
    ServerServiceDefinition.Builder all =
        ServerServiceDefinition.builder(NodeAgentGrpc.getServiceDescriptor());
    new FakeAgent().bindService().getMethods().forEach(it -> all.addMethod(dispatched(it)));
    return all.build();
  }

  private <Q, R> ServerMethodDefinition<Q, R> dispatched(ServerMethodDefinition<Q, R> method) {
    return method.withServerCallHandler((call, headers) -> start(call, headers));
  }

  @SuppressWarnings("unchecked")
  private <Q, R> ServerCall.Listener<Q> start(ServerCall<Q, R> call, Metadata headers) {
    if (headers.containsKey(ABOUT)) {
      subjects.add(headers.get(ABOUT));
    }
    var to = (InetSocketAddress) call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
    var method =
        (ServerMethodDefinition<Q, R>)
            byIp.get(to.getAddress().getHostAddress())
                .getMethod(call.getMethodDescriptor().getFullMethodName());
    return method.getServerCallHandler().startCall(call, headers);
  }

  @Override
  public void close() {
    server.shutdownNow();
    vertx.close();
  }
}
