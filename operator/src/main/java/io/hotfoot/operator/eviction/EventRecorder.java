package io.hotfoot.operator.eviction;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.NodePressureStatus.Outcome;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Events for `kubectl describe`, written behind the callers' backs, who have better things to do.
 * On a VMEviction each reason is told once, also after a restart; on a policy each decision.
 */
public class EventRecorder {
  private static final Logger LOG = Logger.getLogger(EventRecorder.class);

  /** Where `kubectl describe` looks for those of resources without a namespace. */
  private static final String NO_NAMESPACE = "default";

  /** The API server takes no longer ones. */
  private static final int LONGEST_MESSAGE = 1024;

  /** Who falls so far behind may lose some: events are for people, and no state. */
  private static final int WAITING_MAX = 10_000;

  private final KubernetesClient client;
  private final ExecutorService later =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(WAITING_MAX),
          Thread.ofPlatform().daemon().name("events").factory(),
          new ThreadPoolExecutor.DiscardPolicy());

  public EventRecorder(KubernetesClient client) {
    this.client = client;
  }

  public void normal(Eviction eviction, String reason, String message) {
    record(eviction.resource(), reason, event("Normal", reason, message, eviction.now()));
  }

  public void warning(Eviction eviction, String reason, String message) {
    record(eviction.resource(), reason, event("Warning", reason, message, eviction.now()));
  }

  public void decided(NodePressurePolicy policy, NodePressureStatus decision) {
    boolean good = decision.eviction() != null || decision.outcome() == Outcome.WouldEvict;
    String message =
        "node %s (%s): %s".formatted(decision.node(), decision.pressure(), decision.message());
    record(
        policy,
        "%s.%s.%d"
            .formatted(decision.node(), decision.outcome(), decision.decided().getEpochSecond()),
        event(
            good ? "Normal" : "Warning",
            decision.outcome().name(),
            message.substring(0, Math.min(message.length(), LONGEST_MESSAGE)),
            decision.decided()));
  }

  /**
   * @param key tells it from others of the same resource: what has been told under it is not told
   *     again
   */
  private void record(HasMetadata about, String key, EventBuilder event) {
    ObjectMeta metadata = about.getMetadata();
    String name =
        "%s.%.8s.%s".formatted(metadata.getName(), metadata.getUid(), key).toLowerCase(Locale.ROOT);
    String namespace = Objects.requireNonNullElse(metadata.getNamespace(), NO_NAMESPACE);
    event
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withNamespace(metadata.getNamespace())
        .withName(metadata.getName())
        .withUid(metadata.getUid())
        .endInvolvedObject();
    Event told = event.build();
    later.execute(() -> create(told));
  }

  private void create(Event event) {
    ObjectMeta metadata = event.getMetadata();
    try {
      client.v1().events().inNamespace(metadata.getNamespace()).resource(event).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        LOG.warnf("no event %s: %s", metadata.getName(), e.getMessage());
      }
    }
  }

  private static EventBuilder event(String type, String reason, String message, Instant time) {
    return new EventBuilder()
        .withType(type)
        .withReason(reason)
        .withMessage(message)
        .withFirstTimestamp(time.toString())
        .withLastTimestamp(time.toString())
        .withCount(1)
        .withNewSource()
        .withComponent("hotfoot-operator")
        .endSource();
  }
}
