package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

@Group(VMEviction.GROUP)
@Version("v1alpha1")
@Kind("NodePressurePolicy")
@Plural("nodepressurepolicies")
@Singular("nodepressurepolicy")
@ShortNames("npp")
@JsonClassDescription("Evicts VMs from nodes that are short of CPU, memory or I/O, by itself.")
@AdditionalPrinterColumn(name = "Enforcement", jsonPath = ".spec.enforcement", type = Type.STRING)
@AdditionalPrinterColumn(name = "Nodes", jsonPath = ".status.nodesWatched", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Pressed", jsonPath = ".status.nodesPressed", type = Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Watching",
    jsonPath = ".status.conditions[?(@.type=='Watching')].reason",
    type = Type.STRING)
@AdditionalPrinterColumn(
    name = "Last eviction",
    jsonPath = ".status.lastEviction",
    type = Type.DATE)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class NodePressurePolicy
    extends CustomResource<NodePressurePolicySpec, NodePressurePolicyStatus> {
  /** On a VMEviction that a policy made: the policy's name. */
  public static final String POLICY_LABEL = "eviction.hotfoot.io/policy";

  /** On a VMEviction that a policy made: the pressed node. */
  public static final String NODE_LABEL = "eviction.hotfoot.io/pressed-node";

  /** On a VMEviction that a policy made: each VM of the node, its score, or why it stayed. */
  public static final String DECISION = "eviction.hotfoot.io/decision";

  /** On a VirtualMachineInstance: the policy that adopts its migrations. */
  public static final String ADOPTED_LABEL = "eviction.hotfoot.io/adopted-by";

  /** On a VirtualMachineInstance, with any value but false: no policy evicts it. */
  public static final String PROTECTED_LABEL = "eviction.hotfoot.io/protected";
}
