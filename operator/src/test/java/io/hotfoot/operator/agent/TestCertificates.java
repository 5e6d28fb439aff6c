package io.hotfoot.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Certificates in the forms that Helm makes: each in {@code authority/name} of a folder. */
public record TestCertificates(Path dir) {

  /** Makes an authority and a certificate for each name. */
  public static TestCertificates in(Path dir, String authority, String... names)
      throws IOException, InterruptedException {
    TestCertificates certificates = new TestCertificates(dir);
    Files.createDirectory(dir.resolve(authority));
    certificates.openssl(
        "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=hotfoot -keyout %s/ca.key -out %s/ca.crt",
        authority, authority);
    for (String name : names) {
      certificates.make(authority, name, name, 1);
    }
    return certificates;
  }

  /** Adds one of a name and authority that are there, in the folder {@code NAME-expired}. */
  void addExpired(String authority, String name) throws IOException, InterruptedException {
    make(authority, name, name + "-expired", -1);
  }

  /** With an RSA key in PKCS#1, as Helm's genSignedCert writes it. */
  private void make(String authority, String name, String to, int days)
      throws IOException, InterruptedException {
    String folder = authority + "/" + to;
    Files.createDirectory(dir.resolve(folder));
    Files.copy(dir.resolve(authority + "/ca.crt"), dir.resolve(folder + "/ca.crt"));
    Files.writeString(dir.resolve(folder + "/san"), "subjectAltName=DNS:" + name);
    openssl("genrsa -traditional -out %s/tls.key 2048", folder);
    openssl("req -new -key %s/tls.key -subj /CN=%s -out %s/csr", folder, name, folder);
    openssl(
        "x509 -req -days %d -in %s/csr -CA %s/ca.crt -CAkey %s/ca.key -CAcreateserial -extfile %s/san -out %s/tls.crt",
        days, folder, authority, authority, folder, folder);
  }

  private void openssl(String arguments, Object... values)
      throws IOException, InterruptedException {
    String command = "openssl " + arguments.formatted(values);
    Process process =
        new ProcessBuilder(List.of(command.split(" ")))
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(command + "\n" + output).isZero();
  }

  /** For a server that lets nobody in whom its own authority does not know. */
  SslContext serverContext(Vertx vertx, String certificate) {
    Path own = dir.resolve(certificate);
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
}
