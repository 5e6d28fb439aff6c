package io.hotfoot.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientKeyTest {
  @Test
  void anEllipticKeyIsReadAsOne() throws Exception {
    assertThat(algorithmOf(inLine(pem("EC", 256)))).isEqualTo("EC");
  }

  @Test
  void soIsOneInAFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("user.key"), pem("EC", 256));
    Config config = none();
    config.setClientKeyFile(file.toString());
    assertThat(algorithmOf(config)).isEqualTo("EC");
  }

  @Test
  void othersAreLeftAsTheyAre() throws Exception {
    String usual = none().getClientKeyAlgo();
    assertThat(algorithmOf(inLine(pem("RSA", 2048)))).isEqualTo(usual);
    assertThat(algorithmOf(inLine("-----BEGIN RSA PRIVATE KEY-----\nAA==\n"))).isEqualTo(usual);
    assertThat(algorithmOf(none())).isEqualTo(usual);
  }

  private static String algorithmOf(Config config) {
    ClientKey.tellKind(config);
    return config.getClientKeyAlgo();
  }

  private static Config none() {
    return new ConfigBuilder(Config.empty()).build();
  }

  private static Config inLine(String pem) {
    Config config = none();
    config.setClientKeyData(
        Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)));
    return config;
  }

  private static String pem(String algorithm, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
    return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
        .formatted(Base64.getMimeEncoder().encodeToString(key));
  }
}
