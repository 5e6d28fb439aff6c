package io.hotfoot.operator.it;

import static io.hotfoot.operator.it.Pressed.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.api.v1alpha1.Enforcement;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import io.hotfoot.api.v1alpha1.VictimSelection;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom a policy evicts, and where to. */
class PressureChoiceIT extends PressureScene {
  @Test
  void leavesAProtectedVmWhereItIs() {
    client
        .resources(VirtualMachineInstance.class)
        .inNamespace(namespace)
        .withName(VM)
        .edit(
            vm -> {
              vm.getMetadata().getLabels().put(NodePressurePolicy.PROTECTED_LABEL, "true");
              return vm;
            });
    startOperator();
    apply("relief", Enforcement.Enforce);
    source().press(report(80, true, usage(VM, 900)));
    assertThat(awaitOutcome("relief", Outcome.NothingGood).message())
        .contains(VM + ": stays, protected by its label");
    assertThat(evictions()).isEmpty();
  }

  @Test
  void movesNobodyToWherePressureWouldFollow() {
    startOperator();
    apply("relief", Enforcement.Enforce);
    target().press(report(40, false));
    source().press(report(80, true, usage(VM, 900)));
    assertThat(awaitOutcome("relief", Outcome.NothingGood).message())
        .contains("no node has room for it");
    assertThat(evictions()).isEmpty();
  }

  @Test
  void keepsToWhatVictimsProtects() {
    kubeVirt.runVm("gold");
    kubeVirt.patchVm("gold", "{\"spec\":{\"priorityClassName\":\"gold\"}}");
    kubeVirt.patchVm(VM, "{\"metadata\":{\"labels\":{\"app\":\"db\"}}}");
    startOperator();
    target().press(report(2, false));
    source().press(report(80, true, usage(VM, 900), usage("gold", 900)));
    NodePressurePolicy policy = Pressed.policy("relief", Enforcement.Enforce);
    NodePressurePolicySpec spec = policy.getSpec();
    policy.setSpec(
        new NodePressurePolicySpec(
            spec.nodeSelector(),
            spec.triggers(),
            new VictimSelection(null, List.of("gold"), new VictimSelection.GroupMinimum("app", 1)),
            spec.target(),
            spec.budget(),
            spec.enforcement(),
            false));
    client.resource(policy).create();
    assertThat(awaitOutcome("relief", Outcome.NothingGood).message())
        .contains("gold: stays, protected by its priority class gold")
        .contains(
            VM
                + ": stays, of the VMs with app=db in its namespace 0 would be left alone, and"
                + " minUndisturbed is 1");
    assertThat(evictions()).isEmpty();
  }
}
