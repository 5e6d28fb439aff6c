package io.hotfoot.operator.preflight;

import io.grpc.Status;
import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.agent.v1.VmDescription;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.api.v1alpha1.Target;
import io.hotfoot.kubevirt.KubeVirt;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.operator.agent.AgentException;
import io.hotfoot.operator.agent.NodeAgents;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Installation;
import io.hotfoot.operator.kubevirt.Launchers;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.kubevirt.Nodes;
import io.hotfoot.operator.kubevirt.Vms;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the checks of one turn look at. Each thing is asked for when a check first needs it, and
 * once: checks stand in an order in which what they need exists.
 */
public class Situation {
  private static final int SAMPLE = 8;

  private final Eviction eviction;
  private final Sources sources;
  private final Optional<VirtualMachineInstance> vm;
  private List<String> candidates;
  private VmDescription vmDescription;
  private Map<String, NodeDescription> describedSample;
  private final Map<String, NodeDescription> descriptionByNode = new HashMap<>();

  /** Where a situation's facts come from. */
  public record Sources(
      Vms vms,
      Launchers launchers,
      Migrations migrations,
      Installation installation,
      Nodes nodes,
      NodeAgents agents) {}

  public Situation(Eviction eviction, Sources sources) {
    this.eviction = eviction;
    this.sources = sources;
    String name = eviction.spec().vmiName();
    // One that cannot migrate makes the eviction fail: that is not decided on old news.
    this.vm =
        sources
            .vms
            .find(eviction.namespace(), name)
            .filter(VirtualMachineInstance::canMigrate)
            .or(() -> sources.vms.read(eviction.namespace(), name));
  }

  public Eviction eviction() {
    return eviction;
  }

  public Optional<VirtualMachineInstance> findVm() {
    return vm;
  }

  /** The VM, once it is known to exist. */
  public VirtualMachineInstance vm() {
    return vm.orElseThrow();
  }

  public String sourceNode() {
    return vm().getStatus().nodeName();
  }

  /** The nodes that the VM might go to. */
  public List<String> candidates() {
    if (candidates == null) {
      Target target = eviction.spec().target();
      candidates =
          sources.nodes.receiving(target == null ? null : target.nodeSelector()).stream()
              .filter(node -> !node.equals(sourceNode()))
              .toList();
    }
    return candidates;
  }

  /** Those of them whose agents are asked: nodes of a cluster are mostly set up alike. */
  public List<String> sample() {
    return candidates().stream().limit(SAMPLE).toList();
  }

  public Installation installation() {
    return sources.installation;
  }

  public Optional<KubeVirt> kubeVirt() {
    return sources.installation.find();
  }

  public Migrations migrations() {
    return sources.migrations;
  }

  public Vms vms() {
    return sources.vms;
  }

  /**
   * @throws AgentException if the node's agent does not answer
   */
  public NodeDescription describe(String node) {
    return descriptionByNode.computeIfAbsent(node, it -> sources.agents.on(it).describeNode());
  }

  /** Those nodes of the sample whose agents answer. */
  public Map<String, NodeDescription> describedSample() {
    if (describedSample == null) {
      describedSample = new LinkedHashMap<>();
      sample().forEach(this::describeIfItAnswers);
    }
    return describedSample;
  }

  private void describeIfItAnswers(String node) {
    try {
      describedSample.put(node, describe(node));
    } catch (AgentException e) {
      // AgentsAreReady says so where none answers
    }
  }

  /**
   * @throws AgentException if the source's agent does not answer or does not find the VM
   */
  public VmDescription describeVm() {
    if (vmDescription == null) {
      vmDescription = askForVm();
    }
    return vmDescription;
  }

  private VmDescription askForVm() {
    VmRef vm =
        sources
            .launchers
            .running(vm(), sourceNode())
            .orElseThrow(
                () ->
                    new AgentException(
                        Status.Code.NOT_FOUND,
                        "no virt-launcher pod of the VM runs on node " + sourceNode()));
    return sources.agents.on(sourceNode()).describeVm(vm);
  }
}
