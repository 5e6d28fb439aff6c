package io.hotfoot.operator.agent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;

/** Has a resource reconciled at once. */
public class Wakeups<P extends HasMetadata> {
  private final SimpleInboundEventSource<P> source = new SimpleInboundEventSource<>("agents");

  public void wake(HasMetadata resource) {
    source.propagateEvent(ResourceID.fromResource(resource));
  }

  public EventSource<?, P> asEventSource() {
    return source;
  }
}
