package io.hotfoot.operator.preflight;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.api.live.Finding;
import io.hotfoot.kubevirt.KubeVirt;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.agent.NodeAgents;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;

/** What must hold for any VM to be evicted, and how to mend what does not. */
public class InstallCheck {
  private final KubernetesClient client;
  private final NodeAgents agents;
  private final String operatorVersion;

  /**
   * @param client reads the cluster directly: an informer would wait for what is not there
   */
  public InstallCheck(KubernetesClient client, NodeAgents agents, String operatorVersion) {
    this.client = client;
    this.agents = agents;
    this.operatorVersion = operatorVersion;
  }

  /** Says all that it found. */
  public boolean passes(PrintStream out) {
    List<Finding> findings = findings();
    findings.forEach(it -> out.printf("%-8s %s%n", it.good() ? "ok" : "MISSING", it.message()));
    return findings.stream().allMatch(Finding::good);
  }

  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(kubeVirt());
    List<String> withVms = nodesWithVms();
    findings.add(enough(withVms));
    List<String> handlers = nodesWithHandlers();
    withVms.forEach(node -> findings.addAll(on(node, handlers)));
    return findings;
  }

  private Finding kubeVirt() {
    try {
      List<KubeVirt> installed =
          client.resources(KubeVirt.class).inAnyNamespace().list().getItems();
      return KubeVirtIsReady.examine(installed.stream().findFirst()) instanceof Verdict.Wait wait
          ? new Finding(false, wait.message())
          : new Finding(true, "KubeVirt is deployed");
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Finding.NO_KUBEVIRT;
      }
      throw e;
    }
  }

  private List<String> nodesWithVms() {
    return client.nodes().withLabel("kubevirt.io/schedulable", "true").list().getItems().stream()
        .map(node -> node.getMetadata().getName())
        .toList();
  }

  private List<String> nodesWithHandlers() {
    return client
        .pods()
        .inAnyNamespace()
        .withLabel("kubevirt.io", "virt-handler")
        .list()
        .getItems()
        .stream()
        .filter(Readiness::isPodReady)
        .map(pod -> pod.getSpec().getNodeName())
        .toList();
  }

  private static Finding enough(List<String> withVms) {
    return withVms.size() > 1
        ? new Finding(true, "VMs can run on %d nodes".formatted(withVms.size()))
        : new Finding(
            false,
            "VMs can run on %d nodes, so they cannot move: see `kubectl get nodes -L kubevirt.io/schedulable`"
                .formatted(withVms.size()));
  }

  private List<Finding> on(String node, List<String> handlers) {
    List<Finding> findings = new ArrayList<>();
    if (!handlers.contains(node)) {
      findings.add(
          bad(
              node,
              "no virt-handler is ready: see `kubectl get pods -A -o wide -l"
                  + " kubevirt.io=virt-handler`"));
    }
    try {
      NodeDescription described = agents.on(node).describeNode();
      if (!AgentsAreReady.isOfVersion(described, operatorVersion)) {
        findings.add(
            bad(
                node,
                "its agent is of version %s, the operator of %s: update the older",
                described.getAgentVersion(),
                operatorVersion));
      }
      if (!described.getUserfaultfd().getUsable()) {
        findings.add(
            bad(
                node,
                "VMs can come here by pre-copy only: QEMU cannot use userfaultfd: %s",
                described.getUserfaultfd().getWhyNot()));
      }
      if (!described.getPull().getUsable()) {
        findings.add(bad(node, "its agent cannot pull pages: %s", described.getPull().getWhyNot()));
      }
    } catch (AgentException e) {
      findings.add(bad(node, "%s", e.getMessage()));
    }
    return findings.isEmpty()
        ? List.of(new Finding(true, "node %s: agent and virt-handler are ready".formatted(node)))
        : findings;
  }

  private static Finding bad(String node, String what, Object... values) {
    return new Finding(false, "node %s: %s".formatted(node, what.formatted(values)));
  }
}
