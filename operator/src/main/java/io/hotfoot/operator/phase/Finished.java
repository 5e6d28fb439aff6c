package io.hotfoot.operator.phase;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.operator.eviction.Eviction;
import java.time.Duration;
import java.time.Instant;

/** The eviction has ended; its object goes when its time to live is over. */
class Finished implements PhaseHandler {
  private final KubernetesClient client;

  Finished(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Step proceed(Eviction eviction) {
    Integer timeToLive = eviction.spec().ttlSecondsAfterFinished();
    if (timeToLive == null || eviction.isDeleted()) {
      return Step.REST;
    }
    Instant due = eviction.status().timing.completed.plusSeconds(timeToLive);
    if (eviction.now().isBefore(due)) {
      return new Step.Stay(Duration.between(eviction.now(), due));
    }
    client.resource(eviction.resource()).delete();
    return Step.REST;
  }
}
