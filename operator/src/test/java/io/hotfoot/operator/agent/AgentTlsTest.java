package io.hotfoot.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends prove who they are, with certificates in the forms that Helm makes. */
class AgentTlsTest {
  @TempDir static Path dir;
  private static Vertx vertx;
  private static TestCertificates certificates;

  @BeforeAll
  static void makeCertificates() throws Exception {
    vertx = Vertx.vertx();
    certificates =
        TestCertificates.in(dir, "ours", "hotfoot-operator", "hotfoot-agent", "somebody-else");
    certificates.addExpired("ours", "hotfoot-agent");
    TestCertificates.in(dir, "foreign", "hotfoot-operator", "hotfoot-agent");
  }

  @AfterAll
  static void close() {
    vertx.close();
  }

  @Test
  void operatorAndAgentTrustEachOther() throws IOException {
    assertThat(connect("ours/hotfoot-operator", "ours/hotfoot-agent"))
        .isEqualTo(ConnectivityState.READY);
  }

  @Test
  void agentOfAnotherAuthorityIsRefused() throws IOException {
    assertThat(connect("ours/hotfoot-operator", "foreign/hotfoot-agent"))
        .isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
  }

  @Test
  void serverThatIsNoAgentIsRefused() throws IOException {
    assertThat(connect("ours/hotfoot-operator", "ours/somebody-else"))
        .isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
  }

  @Test
  void agentWhoseCertificateHasExpiredIsRefused() throws IOException {
    assertThat(connect("ours/hotfoot-operator", "ours/hotfoot-agent-expired"))
        .isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
  }

  @Test
  void missingFilesAreNamed() {
    assertThatThrownBy(() -> new AgentTls(vertx, dir.resolve("nowhere")).context())
        .hasMessageContaining("nowhere");
  }

  /** How the first attempt to connect ends. */
  private static ConnectivityState connect(String operator, String agent) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(certificates.serverContext(vertx, agent))
            .addService(new FakeAgent())
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", server.getPort())
            .sslContext(new AgentTls(vertx, dir.resolve(operator)).context())
            .overrideAuthority(GrpcNodeAgents.NAME)
            .build();
    Set<ConnectivityState> ends =
        EnumSet.of(ConnectivityState.READY, ConnectivityState.TRANSIENT_FAILURE);
    try {
      return await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> channel.getState(true), ends::contains);
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }
}
