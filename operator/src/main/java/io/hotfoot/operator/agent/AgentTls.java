package io.hotfoot.operator.agent;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;

/**
 * Mutual TLS with the agents, by the files {@code tls.crt}, {@code tls.key} and {@code ca.crt} of
 * one folder. The key may be PKCS#1, as Helm makes it: Vert.x reads that, Netty does not.
 */
public record AgentTls(Vertx vertx, Path folder) {

  /** Reads the files anew, so that a renewed certificate is used for the next connection. */
  SslContext context() {
    PemKeyCertOptions own =
        new PemKeyCertOptions()
            .addKeyPath(folder.resolve("tls.key").toString())
            .addCertPath(folder.resolve("tls.crt").toString());
    PemTrustOptions trusted =
        new PemTrustOptions().addCertPath(folder.resolve("ca.crt").toString());
    try {
      return GrpcSslContexts.forClient()
          .keyManager(own.getKeyManagerFactory(vertx))
          .trustManager(trusted.getTrustManagerFactory(vertx))
          .build();
    } catch (Exception e) {
      throw new IllegalStateException(
          "cannot use the certificate in " + folder + ": " + e.getMessage(), e);
    }
  }
}
