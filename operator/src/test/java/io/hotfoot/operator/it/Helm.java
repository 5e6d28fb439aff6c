package io.hotfoot.operator.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The real helm, which tools/setup builds. */
class Helm {
  private static final Path BINARY =
      Path.of(
          Objects.requireNonNullElse(System.getenv("HOTFOOT_CACHE"), "/var/cache/hotfoot"),
          "bin/helm");

  private final Path home;
  private final Path kubeConfig;

  /** What it said, on both of its outputs. */
  record Result(int status, String output) {
    boolean isGood() {
      return status == 0;
    }
  }

  /**
   * @param home a folder for all that helm keeps
   */
  Helm(Path home, String kubeConfig) throws IOException {
    this.home = home;
    this.kubeConfig = Files.writeString(home.resolve("kubeconfig"), kubeConfig);
  }

  static boolean isThere() {
    return Files.isExecutable(BINARY);
  }

  Result run(String... arguments) {
    return start(arguments).join();
  }

  CompletableFuture<Result> start(String... arguments) {
    List<String> command =
        Stream.concat(Stream.of(BINARY.toString()), Stream.of(arguments)).toList();
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", kubeConfig.toString());
    for (String kind : List.of("CACHE", "CONFIG", "DATA")) {
      builder.environment().put("HELM_" + kind + "_HOME", home.toString());
    }
    try {
      Process process = builder.start();
      return CompletableFuture.supplyAsync(() -> resultOf(process));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Result resultOf(Process process) {
    try {
      String output = new String(process.getInputStream().readAllBytes());
      return new Result(process.waitFor(), output);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
