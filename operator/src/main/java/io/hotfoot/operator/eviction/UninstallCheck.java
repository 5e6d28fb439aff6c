package io.hotfoot.operator.eviction;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.util.List;

/**
 * Whether the operator may go: not while it moves a VM. Its VMEviction could not be deleted any
 * more, label and MigrationPolicy would stay, and nobody would lift a throttle in time.
 */
public class UninstallCheck {
  private final KubernetesClient client;

  public UninstallCheck(KubernetesClient client) {
    this.client = client;
  }

  /** Says what is in the way. */
  public boolean passes(PrintStream out) {
    List<VMEviction> inTheWay = inProgress();
    if (inTheWay.isEmpty()) {
      out.println("No eviction is in progress.");
      return true;
    }
    out.printf(
        "Not uninstalled: %d eviction(s) in progress would be left to themselves.%n",
        inTheWay.size());
    inTheWay.forEach(it -> out.println("  " + line(it)));
    out.println(
        """
        Wait for their end: kubectl get vmev -A -w
        One that has not reached PostCopy can be called off: kubectl delete vmev -n NAMESPACE NAME
        Policies that start new ones: kubectl get npp\
        """);
    return false;
  }

  private List<VMEviction> inProgress() {
    try {
      return client.resources(VMEviction.class).inAnyNamespace().list().getItems().stream()
          .filter(VMEviction::inProgress)
          .toList();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return List.of(); // The CRD has gone before.
      }
      throw e;
    }
  }

  private static String line(VMEviction eviction) {
    VMEvictionStatus status = eviction.getStatus();
    return "%s/%s: %s, VM %s, from node %s to %s"
        .formatted(
            eviction.getMetadata().getNamespace(),
            eviction.getMetadata().getName(),
            status.phase,
            eviction.getSpec().vmiName(),
            status.sourceNode,
            status.targetNode == null ? "one not yet chosen" : status.targetNode);
  }
}
