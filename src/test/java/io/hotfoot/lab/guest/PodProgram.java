package io.hotfoot.lab.guest;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a program in a launcher pod's container `compute`, as `kubectl exec` does. */
public final class PodProgram {
  static final String COMPUTE = "compute";

  private final KubernetesClient client;

  PodProgram(KubernetesClient client) {
    this.client = client;
  }

  /**
   * @return what the program wrote on standard output
   * @throws IOException if it cannot be run, does not end in time, or ends with another code than 0
   */
  public String run(Pod pod, Duration deadline, String... argv) throws IOException {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var resource = client.pods().resource(pod).inContainer(COMPUTE);
    try (var program = resource.writingOutput(out).writingError(err).exec(argv)) {
      int code = program.exitCode().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (code != 0) {
        throw new IOException("%s: exit code %d: %s".formatted(name(pod, argv), code, text(err)));
      }
      return text(out);
    } catch (TimeoutException e) {
      throw new IOException("%s: not done in %s".formatted(name(pod, argv), deadline), e);
    } catch (ExecutionException e) {
      throw new IOException("%s: %s".formatted(name(pod, argv), e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String name(Pod pod, String[] argv) {
    return "%s in pod %s".formatted(argv[0], pod.getMetadata().getName());
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).strip();
  }
}
