package io.hotfoot.agent.it;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** An agent that looks for pods in a folder of the test's. */
public final class PodsInTmp implements QuarkusTestProfile {
  /** Short: sockets lie below it, and their addresses hold 108 bytes. */
  private static final Path FOLDER = Path.of("/tmp/hotfoot-" + ProcessHandle.current().pid());

  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of(
        "hotfoot.kubelet-pods", FOLDER.resolve("pods").toString(),
        "hotfoot.host-hints", Machine.HOST_HINTS.toString());
  }

  /** The folder, empty, open to everybody. */
  static Path make() throws IOException {
    Files.createDirectory(FOLDER);
    return Files.setPosixFilePermissions(FOLDER, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  static void delete() throws IOException {
    if (Files.exists(FOLDER)) {
      try (Stream<Path> files = Files.walk(FOLDER)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
