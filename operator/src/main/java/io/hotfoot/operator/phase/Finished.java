package io.hotfoot.operator.phase;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hotfoot.operator.eviction.Eviction;
import java.time.Duration;
import java.time.Instant;

/** The eviction has ended; its object goes when its time to live is over. */
class Finished implements PhaseHandler {
  private static final Step TELL_AGAIN = new Step.Stay(Duration.ofSeconds(5));

  private final KubernetesClient client;
  private final CleanUp cleanUp;

  Finished(KubernetesClient client, CleanUp cleanUp) {
    this.client = client;
    this.cleanUp = cleanUp;
  }

  @Override
  public Step proceed(Eviction eviction) {
    if (!cleanUp.isToldToAgents(eviction)) {
      return TELL_AGAIN;
    }
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
