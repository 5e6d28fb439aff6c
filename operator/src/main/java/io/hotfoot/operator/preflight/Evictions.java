package io.hotfoot.operator.preflight;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.eviction.Eviction;
import java.util.stream.Stream;

/** The other VMEvictions. */
class Evictions {
  private final KubernetesClient client;

  Evictions(KubernetesClient client) {
    this.client = client;
  }

  Stream<VMEviction> othersIn(String namespace, Eviction mine) {
    return others(
        mine, client.resources(VMEviction.class).inNamespace(namespace).list().getItems().stream());
  }

  Stream<VMEviction> others(Eviction mine) {
    return others(
        mine, client.resources(VMEviction.class).inAnyNamespace().list().getItems().stream());
  }

  private static Stream<VMEviction> others(Eviction mine, Stream<VMEviction> all) {
    return all.filter(it -> !it.getMetadata().getUid().equals(mine.uid()));
  }
}
