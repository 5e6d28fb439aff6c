package io.hotfoot.operator.agent;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Agents of a test's nodes, each behind a real gRPC server of its own. */
public class FakeAgents implements NodeAgents, AutoCloseable {
  private final Map<String, Running> byNode = new ConcurrentHashMap<>();
  private final Set<String> stopped = ConcurrentHashMap.newKeySet();

  private final ScheduledExecutorService everySecond = Executors.newSingleThreadScheduledExecutor();

  private record Running(FakeAgent agent, Server server, ManagedChannel channel) {}

  public FakeAgents(String... nodes) {
    byNode.putAll(
        Stream.of(nodes).collect(Collectors.toMap(node -> node, node -> start(new FakeAgent()))));
    everySecond.scheduleAtFixedRate(
        () -> byNode.values().forEach(it -> it.agent.reportPressure()), 1, 1, TimeUnit.SECONDS);
  }

  private static Running start(FakeAgent agent) {
    try {
      Server server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(agent)
              .build()
              .start();
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("localhost", server.getPort()).usePlaintext().build();
      return new Running(agent, server, channel);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public FakeAgent agent(String node) {
    return byNode.get(node).agent;
  }

  /** As if the agent's pod were gone. */
  public void stop(String node) {
    Running running = byNode.get(node);
    stopped.add(node);
    running.channel.shutdownNow();
    running.server.shutdownNow();
  }

  @Override
  public NodeAgent on(String nodeName) {
    if (stopped.contains(nodeName)) {
      throw new AgentException(Status.Code.UNAVAILABLE, "no agent is ready on node " + nodeName);
    }
    return new GrpcNodeAgent(nodeName, byNode.get(nodeName).channel);
  }

  @Override
  public void close() {
    everySecond.shutdownNow();
    byNode.keySet().forEach(this::stop);
  }
}
