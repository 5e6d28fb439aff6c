package io.hotfoot.agent.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.hotfoot.agent.v1.NodeAgentGrpc;
import java.util.concurrent.TimeUnit;

/** A connection to the agent under test, as the operator makes it. */
public final class AgentClient implements AutoCloseable {
  private final ManagedChannel channel;

  public AgentClient(int port, ChannelCredentials credentials) {
    channel =
        Grpc.newChannelBuilderForAddress("localhost", port, credentials)
            .overrideAuthority("hotfoot-agent")
            .build();
  }

  public NodeAgentGrpc.NodeAgentBlockingStub blocking() {
    return NodeAgentGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  public NodeAgentGrpc.NodeAgentStub streaming() {
    return NodeAgentGrpc.newStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
