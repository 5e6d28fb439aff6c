package io.hotfoot.operator.eviction;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Locale;
import org.jboss.logging.Logger;

/**
 * Events on a VMEviction, for `kubectl describe`. Each reason is told once, also after a restart.
 */
public class EventRecorder {
  private static final Logger LOG = Logger.getLogger(EventRecorder.class);

  private final KubernetesClient client;

  public EventRecorder(KubernetesClient client) {
    this.client = client;
  }

  public void normal(Eviction eviction, String reason, String message) {
    record(eviction, "Normal", reason, message);
  }

  public void warning(Eviction eviction, String reason, String message) {
    record(eviction, "Warning", reason, message);
  }

  private void record(Eviction eviction, String type, String reason, String message) {
    try {
      client.v1().events().resource(event(eviction, type, reason, message)).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        LOG.warnf("no event %s on %s: %s", reason, eviction.name(), e.getMessage());
      }
    }
  }

  private static Event event(Eviction eviction, String type, String reason, String message) {
    String time = eviction.now().toString();
    return new EventBuilder()
        .withNewMetadata()
        .withName(
            "%s.%.8s.%s"
                .formatted(eviction.name(), eviction.uid(), reason)
                .toLowerCase(Locale.ROOT))
        .withNamespace(eviction.namespace())
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(eviction.resource().getApiVersion())
        .withKind(eviction.resource().getKind())
        .withNamespace(eviction.namespace())
        .withName(eviction.name())
        .withUid(eviction.uid())
        .endInvolvedObject()
        .withType(type)
        .withReason(reason)
        .withMessage(message)
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .withNewSource()
        .withComponent("hotfoot-operator")
        .endSource()
        .build();
  }
}
