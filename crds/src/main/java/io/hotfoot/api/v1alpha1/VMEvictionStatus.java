package io.hotfoot.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.ArrayList;
import java.util.List;

@JsonClassDescription("How far the eviction is, written by the operator alone.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public class VMEvictionStatus {
  @JsonPropertyDescription(
      "Pending: checks before anything is touched. Preparing: the migration is set up. Migrating:"
          + " KubeVirt migrates, the guest runs on the source node. PostCopy: the guest runs on the"
          + " target node, hot pages follow. Draining: the rest of its memory follows. Succeeded,"
          + " Failed, Aborted: it has ended.")
  public EvictionPhase phase;

  @JsonPropertyDescription("The generation of the spec that this status answers to.")
  public Long observedGeneration;

  @JsonPropertyDescription(
      "What is known so far, by type. Each message says what to do about a status of False.")
  public List<EvictionCondition> conditions = new ArrayList<>();

  @JsonPropertyDescription(
      "How the VM is really moved: spec.mode, or a lower rung where that was not possible.")
  public EvictionMode mode;

  @JsonPropertyDescription("The node that the VM is evicted from.")
  public String sourceNode;

  @JsonPropertyDescription("The node that KubeVirt's scheduler chose.")
  public String targetNode;

  @JsonPropertyDescription("Name of the VirtualMachineInstanceMigration.")
  public String migrationName;

  @JsonPropertyDescription("UID of the VirtualMachineInstanceMigration.")
  public String migrationUid;

  @JsonPropertyDescription("What the guest or the host told of hot pages.")
  public HintStatus hints;

  @JsonPropertyDescription("In which order memory follows, and what that was decided by.")
  public PlanStatus plan;

  @JsonPropertyDescription("How far memory has moved.")
  public TransferStatus transfer;

  @JsonPropertyDescription("When each step was reached.")
  public TimingStatus timing = new TimingStatus();
}
