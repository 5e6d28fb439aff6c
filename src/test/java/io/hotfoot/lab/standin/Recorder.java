package io.hotfoot.lab.standin;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Records what the recordings of real KubeVirt hold, of one namespace, from its start on. */
final class Recorder implements AutoCloseable {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  static final ResourceDefinitionContext VMIS = kubevirt("VirtualMachineInstance");
  static final ResourceDefinitionContext MIGRATIONS = kubevirt("VirtualMachineInstanceMigration");

  private final List<Trace.Change> changes = new CopyOnWriteArrayList<>();
  private final List<Watch> watches;

  Recorder(KubernetesClient client, String namespace) {
    var events = client.v1().events().inNamespace(namespace);
    var now =
        new ListOptionsBuilder()
            .withResourceVersion(events.list().getMetadata().getResourceVersion())
            .build();
    watches =
        List.of(
            client.genericKubernetesResources(VMIS).inNamespace(namespace).watch(watcher()),
            client.genericKubernetesResources(MIGRATIONS).inNamespace(namespace).watch(watcher()),
            client.pods().inNamespace(namespace).watch(watcher()),
            events.watch(now, watcher()));
  }

  private static ResourceDefinitionContext kubevirt(String kind) {
    return new ResourceDefinitionContext.Builder()
        .withGroup("kubevirt.io")
        .withVersion("v1")
        .withKind(kind)
        .withPlural(kind.toLowerCase() + "s")
        .withNamespaced(true)
        .build();
  }

  private <T extends HasMetadata> Watcher<T> watcher() {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, T object) {
        changes.add(
            new Trace.Change(action.name(), SERIALIZATION.convertValue(object, JsonNode.class)));
      }

      @Override
      public void onClose(WatcherException cause) {
        throw new IllegalStateException("a watch ended before the test did", cause);
      }
    };
  }

  Trace trace() {
    return new Trace(List.copyOf(changes));
  }

  /** Waits until some change recorded so far shows this. */
  void awaitChange(String what, Predicate<Trace.Change> shows) {
    await(what)
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> changes.stream().anyMatch(shows));
  }

  @Override
  public void close() {
    watches.forEach(Watch::close);
  }

  /** The type that watches of KubeVirt's objects give. */
  static GenericKubernetesResource resource(String yaml) {
    return SERIALIZATION.unmarshal(yaml, GenericKubernetesResource.class);
  }
}
