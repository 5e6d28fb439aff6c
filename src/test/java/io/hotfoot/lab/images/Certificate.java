package io.hotfoot.lab.images;

import java.io.IOException;
import java.nio.file.Path;

/** A certificate that is its own authority, in the three files that the chart's Secrets have. */
final class Certificate {
  private Certificate() {}

  static void makeIn(Path folder) throws IOException {
    String make =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=it"
            + " -keyout tls.key -out tls.crt && cp tls.crt ca.crt && chmod 644 tls.key";
    Process process =
        new ProcessBuilder("sh", "-c", make)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(said);
    }
  }
}
