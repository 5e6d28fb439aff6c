package io.hotfoot.lab.images;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;

/**
 * Testcontainers on Podman, where there is neither a DOCKER_HOST nor Docker itself: a Podman of its
 * own, that speaks Docker's language on a socket, with settings and images of its own in a
 * temporary folder. What it mounts is seen by nobody else, and all of it ends with this process.
 */
public final class PodmanStrategy extends DockerClientProviderStrategy {
  private static final Path PODMAN = Path.of("/usr/bin/podman");

  /** Debian 12's crun does not start on machines with cgroup v1; some may raise no limit. */
  private static final String SETTINGS =
      """
      [containers]
      default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
      [engine]
      cgroup_manager = "cgroupfs"
      events_logger = "file"
      runtime = "runc"
      """;

  /** After Docker's own strategies. */
  private static final int LAST = 1;

  private static Path socket;

  @Override
  public String getDescription() {
    return "a Podman of its own";
  }

  @Override
  protected boolean isApplicable() {
    return Files.isExecutable(PODMAN);
  }

  @Override
  protected boolean isPersistable() {
    return false;
  }

  @Override
  protected int getPriority() {
    return LAST;
  }

  @Override
  public TransportConfig getTransportConfig() {
    return TransportConfig.builder().dockerHost(URI.create("unix://" + running())).build();
  }

  private static synchronized Path running() {
    if (socket == null) {
      try {
        Path folder = Files.createTempDirectory("hotfoot-podman");
        start(folder);
        socket = folder.resolve("sock");
        await("Podman to listen on " + socket)
            .atMost(Duration.ofMinutes(1))
            .until(() -> Files.exists(socket));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return socket;
  }

  private static void start(Path folder) throws IOException {
    Path settings = Files.writeString(folder.resolve("containers.conf"), SETTINGS);
    ProcessBuilder service =
        new ProcessBuilder(
                // Its end is the end of all containers: they are in its PID namespace.
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--mount-proc",
                "--kill-child",
                PODMAN.toString(),
                "--root",
                folder.resolve("root").toString(),
                "--runroot",
                folder.resolve("run").toString(),
                "--storage-driver",
                "overlay",
                "system",
                "service",
                "--time=0",
                "unix://" + folder.resolve("sock"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    service.environment().put("CONTAINERS_CONF", settings.toString());
    Process process = service.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process, folder)));
  }

  private static void end(Process process, Path folder) {
    process.destroyForcibly().onExit().join();
    try {
      new ProcessBuilder(List.of("rm", "-rf", "--one-file-system", folder.toString()))
          .start()
          .waitFor();
    } catch (IOException | InterruptedException e) {
      System.err.println("left behind: " + folder + ": " + e);
    }
  }
}
