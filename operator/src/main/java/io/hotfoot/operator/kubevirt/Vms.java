package io.hotfoot.operator.kubevirt;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.kubevirt.MigrationState;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceStatus;
import io.hotfoot.operator.cluster.Cluster;
import java.net.HttpURLConnection;
import java.util.Optional;

/**
 * Reads VMs and sets the label by which our MigrationPolicy selects them; nothing else of theirs.
 */
public class Vms {
  /** On a VMI: its next migration is ours. */
  public static final String LABEL = "eviction.hotfoot.io/enlightened";

  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;
  private final Cluster cluster;

  public Vms(KubernetesClient client, Cluster cluster) {
    this.client = client;
    this.cluster = cluster;
  }

  public Optional<VirtualMachineInstance> find(String namespace, String name) {
    return cluster.vm(namespace, name);
  }

  /** As it is now: for what cannot be taken back. */
  public Optional<VirtualMachineInstance> read(String namespace, String name) {
    return Optional.ofNullable(vm(namespace, name).get());
  }

  /** Of the VM's last migration, which may be an earlier one. */
  public Optional<MigrationState> migrationState(String namespace, String name) {
    return find(namespace, name).flatMap(Vms::migrationState);
  }

  public static Optional<MigrationState> migrationState(VirtualMachineInstance vm) {
    return Optional.ofNullable(vm.getStatus()).map(VirtualMachineInstanceStatus::migrationState);
  }

  public void label(String namespace, String name) {
    named(namespace, name).patch(MERGE, labelPatch(LABEL, "\"true\""));
  }

  /**
   * Says which policy adopts the VM's migrations.
   *
   * @param policy null: none
   */
  public void labelAdopted(String namespace, String name, String policy) {
    patch(
        namespace,
        name,
        labelPatch(
            NodePressurePolicy.ADOPTED_LABEL, policy == null ? "null" : "\"" + policy + "\""));
  }

  /** Takes the label off, if it is there; a VM that is gone needs nothing. */
  public void unlabel(String namespace, String name) {
    patch(namespace, name, labelPatch(LABEL, "null"));
  }

  private void patch(String namespace, String name, String patch) {
    try {
      named(namespace, name).patch(MERGE, patch);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }

  private static String labelPatch(String label, String value) {
    return "{\"metadata\":{\"labels\":{\"%s\":%s}}}".formatted(label, value);
  }

  /** The client reads what it has only a name of before it patches it. */
  private Resource<VirtualMachineInstance> named(String namespace, String name) {
    VirtualMachineInstance vm = new VirtualMachineInstance();
    vm.setMetadata(new ObjectMetaBuilder().withNamespace(namespace).withName(name).build());
    return client.resource(vm);
  }

  private Resource<VirtualMachineInstance> vm(String namespace, String name) {
    return client.resources(VirtualMachineInstance.class).inNamespace(namespace).withName(name);
  }
}
