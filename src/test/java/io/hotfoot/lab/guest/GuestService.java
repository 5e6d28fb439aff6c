package io.hotfoot.lab.guest;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A Service that selects one VM's pods, and since when it leads to which node: that is where
 * clients of the pod network go, wherever the guest runs.
 */
final class GuestService implements AutoCloseable, ResourceEventHandler<EndpointSlice> {
  private final KubernetesClient client;
  private final Service service;
  private final SharedIndexInformer<EndpointSlice> slices;
  private final Map<String, Long> sinceMs = new ConcurrentHashMap<>();

  /**
   * @param vmiUid the VMI's UID: its launcher pods carry it as a label
   */
  GuestService(KubernetesClient client, String namespace, String name, String vmiUid) {
    this.client = client;
    service =
        client
            .resource(
                new ServiceBuilder()
                    .withMetadata(
                        new ObjectMetaBuilder().withName(name).withNamespace(namespace).build())
                    .withNewSpec()
                    .withSelector(Map.of("kubevirt.io/created-by", vmiUid))
                    .addNewPort()
                    .withPort(80)
                    .endPort()
                    .endSpec()
                    .build())
            .create();
    slices =
        client
            .discovery()
            .v1()
            .endpointSlices()
            .inNamespace(namespace)
            .withLabel("kubernetes.io/service-name", name)
            .inform(this);
  }

  /** When it first led to another node than this one, ms since 1970; null: not yet. */
  Long leftMs(String node) {
    return sinceMs.entrySet().stream()
        .filter(it -> !it.getKey().equals(node))
        .map(Map.Entry::getValue)
        .min(Long::compare)
        .orElse(null);
  }

  @Override
  public void onAdd(EndpointSlice slice) {
    for (var endpoint : slice.getEndpoints()) {
      if (Boolean.TRUE.equals(endpoint.getConditions().getReady())) {
        sinceMs.putIfAbsent(endpoint.getNodeName(), System.currentTimeMillis());
      }
    }
  }

  @Override
  public void onUpdate(EndpointSlice before, EndpointSlice slice) {
    onAdd(slice);
  }

  @Override
  public void onDelete(EndpointSlice slice, boolean finalStateUnknown) {}

  @Override
  public void close() {
    slices.close();
    client.resource(service).delete();
  }
}
