package io.hotfoot.operator.it.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotfoot.operator.it.ControlPlane;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A {@link MeasuredOperator} as its image runs it, with the heap that is to suffice for any size.
 */
class MeasuredProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final BufferedReader answers;

  MeasuredProcess(String namespace, Path tls, Path work) throws IOException {
    Path kubeConfig = Files.writeString(work.resolve("kubeconfig"), ControlPlane.kubeConfig());
    process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    MeasuredOperator.class.getName(),
                    kubeConfig.toString(),
                    namespace,
                    tls.toString()))
            .redirectError(Path.of("target", "measured-operator.log").toFile())
            .start();
    answers = new BufferedReader(new InputStreamReader(process.getInputStream()));
  }

  void awaitReady() {
    if (!"ready".equals(answer())) {
      throw new AssertionError("the operator did not start: see target/measured-operator.log");
    }
  }

  /** What has been since the last time. */
  JsonNode figures() {
    try {
      process.outputWriter().write("\n");
      process.outputWriter().flush();
      return JSON.readTree(answer());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whatever else is printed belongs to the log. */
  private String answer() {
    try {
      String line = answers.readLine();
      while (line != null && !line.equals("ready") && !line.startsWith("{")) {
        line = answers.readLine();
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
