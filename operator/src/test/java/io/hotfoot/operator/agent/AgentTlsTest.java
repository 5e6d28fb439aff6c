package io.hotfoot.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
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

  @BeforeAll
  static void makeCertificates() throws Exception {
    vertx = Vertx.vertx();
    for (String authority : new String[] {"ours", "foreign"}) {
      Files.createDirectory(dir.resolve(authority));
      openssl(
          "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=hotfoot -keyout %s/ca.key -out %s/ca.crt",
          authority, authority);
      certificate(authority, "hotfoot-operator");
      certificate(authority, "hotfoot-agent");
    }
    certificate("ours", "somebody-else");
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
  void missingFilesAreNamed() {
    assertThatThrownBy(() -> new AgentTls(vertx, dir.resolve("nowhere")).context())
        .hasMessageContaining("nowhere");
  }

  /** How the first attempt to connect ends. */
  private static ConnectivityState connect(String operator, String agent) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(serverContext(dir.resolve(agent)))
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

  private static SslContext serverContext(Path own) {
    PemKeyCertOptions key =
        new PemKeyCertOptions()
            .addKeyPath(own.resolve("tls.key").toString())
            .addCertPath(own.resolve("tls.crt").toString());
    try {
      var server =
          SslContextBuilder.forServer(key.getKeyManagerFactory(vertx))
              .trustManager(own.resolve("ca.crt").toFile())
              .clientAuth(ClientAuth.REQUIRE);
      return GrpcSslContexts.configure(server).build();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** With an RSA key in PKCS#1, as Helm's genSignedCert writes it. */
  private static void certificate(String authority, String name) throws Exception {
    String folder = authority + "/" + name;
    Files.createDirectory(dir.resolve(folder));
    Files.copy(dir.resolve(authority + "/ca.crt"), dir.resolve(folder + "/ca.crt"));
    Files.writeString(dir.resolve(folder + "/san"), "subjectAltName=DNS:" + name);
    openssl("genrsa -traditional -out %s/tls.key 2048", folder);
    openssl("req -new -key %s/tls.key -subj /CN=%s -out %s/csr", folder, name, folder);
    openssl(
        "x509 -req -days 1 -in %s/csr -CA %s/ca.crt -CAkey %s/ca.key -CAcreateserial -extfile %s/san -out %s/tls.crt",
        folder, authority, authority, folder, folder);
  }

  private static void openssl(String arguments, Object... values) throws Exception {
    String command = "openssl " + arguments.formatted(values);
    Process process =
        new ProcessBuilder(command.split(" "))
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(command + "\n" + output).isZero();
  }
}
