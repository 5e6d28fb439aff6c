package io.hotfoot.lab.images;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** An image that images.sh has built. */
record Image(String name) {
  /** Where images.sh leaves what it makes. */
  static Path cache() {
    return Path.of(
        Objects.requireNonNullElse(System.getenv("HOTFOOT_CACHE"), "/var/cache/hotfoot"));
  }

  private Path archive() {
    return cache().resolve("images").resolve(name + ".tar");
  }

  boolean isBuilt() {
    return Files.exists(archive());
  }

  /** Gives it to the container engine. */
  void load() throws IOException {
    try (var in = Files.newInputStream(archive())) {
      DockerClientFactory.lazyClient().loadImageCmd(in).exec();
    }
  }

  private String tag() {
    return "localhost/hotfoot/" + name + ":lab";
  }

  InspectImageResponse inspect() {
    return DockerClientFactory.lazyClient().inspectImageCmd(tag()).exec();
  }

  /**
   * A container as the chart's pods have it: nothing can be written but /tmp.
   *
   * @param given what it may read, by its path in the container
   * @param added capabilities; all others are dropped
   */
  GenericContainer<?> asInThePod(Map<String, Path> given, Capability... added) {
    return container(given)
        .withTmpFs(Map.of("/tmp", "rw"))
        // An archive of classes that does not fit is an error, which it otherwise is not.
        .withEnv("JAVA_TOOL_OPTIONS", "-Xshare:on")
        .withCreateContainerCmdModifier(
            create ->
                create
                    .getHostConfig()
                    .withReadonlyRootfs(true)
                    .withCapDrop(Capability.ALL)
                    .withCapAdd(added)
                    .withSecurityOpts(List.of("no-new-privileges")));
  }

  /** A container that does nothing until it is told to. */
  GenericContainer<?> idle(Map<String, Path> given) {
    return container(given)
        .withCreateContainerCmdModifier(
            create -> create.withEntrypoint("sleep", "infinity").withUser("0"));
  }

  @SuppressWarnings("resource") // the caller's
  private GenericContainer<?> container(Map<String, Path> given) {
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(tag()))
            .withImagePullPolicy(image -> false)
            .withNetworkMode("host");
    given.forEach(
        (path, file) -> container.withFileSystemBind(file.toString(), path, BindMode.READ_ONLY));
    return container;
  }
}
