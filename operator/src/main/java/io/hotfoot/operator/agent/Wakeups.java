package io.hotfoot.operator.agent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;

/** Has an eviction reconciled at once. */
public class Wakeups {
  private final SimpleInboundEventSource<VMEviction> source =
      new SimpleInboundEventSource<>("agents");

  public void wake(HasMetadata eviction) {
    source.propagateEvent(ResourceID.fromResource(eviction));
  }

  public EventSource<?, VMEviction> asEventSource() {
    return source;
  }
}
