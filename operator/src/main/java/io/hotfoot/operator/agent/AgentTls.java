package io.hotfoot.operator.agent;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * Mutual TLS with the agents, by the files {@code tls.crt}, {@code tls.key} and {@code ca.crt} of
 * one folder. The key may be PKCS#1, as Helm makes it: Vert.x reads that, Netty does not.
 */
public final class AgentTls {
  private final Vertx vertx;
  private final Path folder;
  private SslContext context;
  private FileTime written;

  public AgentTls(Vertx vertx, Path folder) {
    this.vertx = vertx;
    this.folder = folder;
  }

  /** One for all connections, until the files change: with a renewed certificate another. */
  synchronized SslContext context() {
    try {
      FileTime now = Files.getLastModifiedTime(folder.resolve("tls.crt"));
      if (!now.equals(written)) {
        context = read();
        written = now;
      }
      return context;
    } catch (Exception e) {
      throw new IllegalStateException(
          "cannot use the certificate in " + folder + ": " + e.getMessage(), e);
    }
  }

  private SslContext read() throws Exception {
    PemKeyCertOptions own =
        new PemKeyCertOptions()
            .addKeyPath(folder.resolve("tls.key").toString())
            .addCertPath(folder.resolve("tls.crt").toString());
    PemTrustOptions trusted =
        new PemTrustOptions().addCertPath(folder.resolve("ca.crt").toString());
    return GrpcSslContexts.forClient()
        .keyManager(own.getKeyManagerFactory(vertx))
        .trustManager(trusted.getTrustManagerFactory(vertx))
        .build();
  }
}
