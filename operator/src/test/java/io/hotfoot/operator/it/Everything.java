package io.hotfoot.operator.it;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.GroupVersionForDiscovery;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All objects that an API server has, by kind and name. */
final class Everything {
  /** Events tell of what was; component statuses are no objects. */
  private static final Set<String> SKIPPED = Set.of("events", "componentstatuses");

  private Everything() {}

  static Set<String> on(KubernetesClient client) {
    Stream<String> groups =
        client.getApiGroups().getGroups().stream()
            .map(it -> it.getPreferredVersion())
            .map(GroupVersionForDiscovery::getGroupVersion);
    return Stream.concat(Stream.of("v1"), groups)
        .flatMap(group -> in(client, group))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> in(KubernetesClient client, String groupVersion) {
    // A group may have gone since it was listed.
    return Stream.ofNullable(client.getApiResources(groupVersion))
        .flatMap(it -> it.getResources().stream())
        .filter(it -> it.getVerbs().contains("list") && !SKIPPED.contains(it.getName()))
        .flatMap(it -> of(client, groupVersion, it));
  }

  private static Stream<String> of(
      KubernetesClient client, String groupVersion, APIResource resource) {
    String[] parts = groupVersion.split("/");
    var context =
        new ResourceDefinitionContext.Builder()
            .withGroup(parts.length > 1 ? parts[0] : null)
            .withVersion(parts[parts.length - 1])
            .withKind(resource.getKind())
            .withPlural(resource.getName())
            .withNamespaced(resource.getNamespaced())
            .build();
    return client.genericKubernetesResources(context).inAnyNamespace().list().getItems().stream()
        .map(
            it ->
                "%s %s %s/%s"
                    .formatted(
                        groupVersion,
                        resource.getKind(),
                        it.getMetadata().getNamespace(),
                        it.getMetadata().getName()));
  }
}
