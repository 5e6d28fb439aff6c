package io.hotfoot.kubectl;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** The private key by which a kubeconfig's user is known. */
final class ClientKey {
  private static final String PKCS_8 = "-----BEGIN PRIVATE KEY-----";

  private ClientKey() {}

  /** Has the client read an elliptic key as one: it takes a key in PKCS #8 for RSA else. */
  static void tellKind(Config config) {
    String pem = pem(config);
    if (pem.contains(PKCS_8) && isElliptic(pem)) {
      config.setClientKeyAlgo("EC");
    }
  }

  private static String pem(Config config) {
    if (config.getClientKeyData() != null) {
      byte[] decoded = Base64.getMimeDecoder().decode(config.getClientKeyData());
      return new String(decoded, StandardCharsets.US_ASCII);
    }
    if (config.getClientKeyFile() == null) {
      return "";
    }
    try {
      return Files.readString(Path.of(config.getClientKeyFile()), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UserError("the kubeconfig's client-key cannot be read: " + e.getMessage());
    }
  }

  private static boolean isElliptic(String pem) {
    byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
    try {
      KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
