package io.hotfoot.lab.trial;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.hotfoot.lab.guest.Guest;
import java.util.Map;

/**
 * A Service that selects a guest's pods by its label, and since when it leads to another node than
 * that where the guest is now: there clients of the pod network go, wherever the guest runs.
 */
public final class GuestService implements AutoCloseable, ResourceEventHandler<EndpointSlice> {
  private final KubernetesClient client;
  private final Service service;
  private final SharedIndexInformer<EndpointSlice> slices;
  private final String source;
  private volatile Long leftMs;

  public GuestService(KubernetesClient client, Guest guest) {
    this.client = client;
    source = guest.node();
    service =
        client
            .resource(
                new ServiceBuilder()
                    .withMetadata(
                        new ObjectMetaBuilder()
                            .withName(guest.name())
                            .withNamespace(guest.namespace())
                            .build())
                    .withNewSpec()
                    .withSelector(Map.of("guest", guest.name()))
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
            .inNamespace(guest.namespace())
            .withLabel("kubernetes.io/service-name", guest.name())
            .inform(this);
  }

  /** When it first led to a node where the guest was not at first, ms since 1970; null: not yet. */
  public Long leftMs() {
    return leftMs;
  }

  @Override
  public void onAdd(EndpointSlice slice) {
    for (var endpoint : slice.getEndpoints()) {
      if (leftMs == null
          && Boolean.TRUE.equals(endpoint.getConditions().getReady())
          && !source.equals(endpoint.getNodeName())) {
        leftMs = System.currentTimeMillis();
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
