package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

@Group(VMEviction.GROUP)
@Version("v1alpha1")
@Kind("VMEviction")
@Plural("vmevictions")
@Singular("vmeviction")
@ShortNames("vmev")
@JsonClassDescription(
    "A request to move one running VM off its node at once, and the record of how it went.")
@AdditionalPrinterColumn(name = "VMI", jsonPath = ".spec.vmiName", type = Type.STRING)
@AdditionalPrinterColumn(name = "From", jsonPath = ".status.sourceNode", type = Type.STRING)
@AdditionalPrinterColumn(name = "To", jsonPath = ".status.targetNode", type = Type.STRING)
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase", type = Type.STRING)
@AdditionalPrinterColumn(
    name = "Hot %",
    jsonPath = ".status.transfer.hotPercent",
    type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(name = "Mode", jsonPath = ".status.mode", type = Type.STRING, priority = 1)
@AdditionalPrinterColumn(
    name = "Hints",
    jsonPath = ".status.hints.source",
    type = Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Moved",
    jsonPath = ".status.timing.executionTransferred",
    type = Type.DATE,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Hot there",
    jsonPath = ".status.timing.workingSetResident",
    type = Type.DATE,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Completed",
    jsonPath = ".status.timing.completed",
    type = Type.DATE,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type=='Completed')].reason",
    type = Type.STRING,
    priority = 1)
public class VMEviction extends CustomResource<VMEvictionSpec, VMEvictionStatus>
    implements Namespaced {
  public static final String GROUP = "eviction.hotfoot.io";

  /** On one that adopts a migration: the VirtualMachineInstanceMigration's name. */
  public static final String ADOPTS = "eviction.hotfoot.io/adopts";

  /** One that the operator has yet to see has not. */
  public boolean hasEnded() {
    return getStatus() != null && getStatus().phase != null && getStatus().phase.isFinal();
  }

  /** The operator has begun to move the VM, and has not put everything back. */
  public boolean inProgress() {
    return getStatus() != null && getStatus().timing.started != null && !hasEnded();
  }
}
