package io.hotfoot.agent.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * One authority and certificates of it, made for a test run by openssl, as the install makes them.
 */
public final class Certificates implements QuarkusTestResourceLifecycleManager {
  private static Path folder;

  @Override
  public Map<String, String> start() {
    try {
      folder = Files.createTempDirectory("hotfoot-tls");
      openssl(
          "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority"
              + " -keyout ca.key -out ca.crt");
      issue("hotfoot-agent", "tls");
      issue("hotfoot-operator", "hotfoot-operator");
      issue("somebody-else", "somebody-else");
      return Map.of("hotfoot.tls-dir", folder.toString());
    } catch (IOException e) {
      throw new IllegalStateException("no certificates for the test", e);
    }
  }

  @Override
  public void stop() {}

  /** What a client needs that shows this certificate. */
  public static ChannelCredentials of(String name) throws IOException {
    return TlsChannelCredentials.newBuilder()
        .keyManager(file(name + ".crt"), file(name + ".key"))
        .trustManager(file("ca.crt"))
        .build();
  }

  /** What a client has that shows no certificate. */
  public static ChannelCredentials none() throws IOException {
    return TlsChannelCredentials.newBuilder().trustManager(file("ca.crt")).build();
  }

  private static java.io.File file(String name) {
    return folder.resolve(name).toFile();
  }

  private static void issue(String name, String file) throws IOException {
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%s -keyout %s.key -out %s.csr"
            .formatted(name, file, file));
    Files.writeString(folder.resolve("san"), "subjectAltName=DNS:" + name);
    openssl(
        "x509 -req -in %s.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san -out %s.crt"
            .formatted(file, file));
  }

  private static void openssl(String arguments) throws IOException {
    Process process =
        new ProcessBuilder(("openssl " + arguments).split(" "))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    try {
      if (process.waitFor() != 0) {
        throw new IOException("openssl " + arguments + ": " + said);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
