package io.hotfoot.lab.chaos;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Hotfoot's pods have said lately. */
record PodLogs(KubernetesClient client) {
  private static final int SECONDS = 240;

  void write(Path file) throws IOException {
    var text = new StringBuilder();
    for (var pod : client.pods().inNamespace("hotfoot-system").list().getItems()) {
      text.append(
          "== %s on %s%n".formatted(pod.getMetadata().getName(), pod.getSpec().getNodeName()));
      try {
        text.append(client.pods().resource(pod).sinceSeconds(SECONDS).getLog());
      } catch (KubernetesClientException e) {
        text.append(e.getMessage()).append('\n');
      }
    }
    Files.writeString(file, text);
  }
}
