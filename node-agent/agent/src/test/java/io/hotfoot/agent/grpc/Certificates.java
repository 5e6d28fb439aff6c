package io.hotfoot.agent.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * An authority and certificates of it, made for a test run by openssl, as the install makes them;
 * and one that somebody made who has the name but not the authority.
 */
public final class Certificates implements QuarkusTestResourceLifecycleManager {
  private static Path folder;

  @Override
  public Map<String, String> start() {
    try {
      folder = Files.createTempDirectory("hotfoot-tls");
      makeAuthority("ca");
      issue("hotfoot-agent", "tls", "ca", 2);
      issue("hotfoot-operator", "hotfoot-operator", "ca", 2);
      issue("hotfoot-operator", "expired", "ca", -1);
      issue("somebody-else", "somebody-else", "ca", 2);
      makeAuthority("foreign-ca");
      issue("hotfoot-operator", "self-made", "foreign-ca", 2);
      return Map.of("hotfoot.tls-dir", folder.toString());
    } catch (IOException e) {
      throw new IllegalStateException("no certificates for the test", e);
    }
  }

  @Override
  public void stop() {}

  /**
   * What a client needs that shows this certificate.
   *
   * @param file its file's name: tls for the agent's own
   */
  public static ChannelCredentials of(String file) throws IOException {
    return TlsChannelCredentials.newBuilder()
        .keyManager(file(file + ".crt"), file(file + ".key"))
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

  private static void makeAuthority(String file) throws IOException {
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority -keyout %s.key -out %s.crt"
            .formatted(file, file));
  }

  private static void issue(String name, String file, String authority, int days)
      throws IOException {
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%s -keyout %s.key -out %s.csr"
            .formatted(name, file, file));
    Files.writeString(folder.resolve("san"), "subjectAltName=DNS:" + name);
    openssl(
        "x509 -req -in %s.csr -CA %s.crt -CAkey %s.key -CAcreateserial -days %d -extfile san -out %s.crt"
            .formatted(file, authority, authority, days, file));
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
