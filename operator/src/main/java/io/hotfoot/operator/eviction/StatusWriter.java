package io.hotfoot.operator.eviction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.cache.CacheBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Applies a status to a CRD that may be older than this operator. The API server refuses to apply a
 * field that the CRD lacks, however lax its validation: it is then left out, and tried again after
 * a while.
 */
public class StatusWriter<T extends HasMetadata> {
  private static final Logger LOG = Logger.getLogger(StatusWriter.class);
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private static final Duration LEFT_OUT = Duration.ofMinutes(5);

  /** Such as {@code .status.conditions[type="Completed"].reason}. */
  private static final Pattern LACKING =
      Pattern.compile("\\.(status\\.\\S*): field not declared in schema");

  private static final Pattern KEYS = Pattern.compile("\\[[^]]*]");

  private final Set<List<String>> lacking =
      Collections.newSetFromMap(
          CacheBuilder.newBuilder()
              .expireAfterWrite(LEFT_OUT)
              .<List<String>, Boolean>build()
              .asMap());

  /**
   * @param apply takes the resource to the API server and gives it as it is then
   */
  public T write(T resource, UnaryOperator<T> apply) {
    try {
      return apply.apply(lacking.isEmpty() ? resource : withoutLacking(resource));
    } catch (KubernetesClientException e) {
      if (!learn(resource.getKind(), e)) {
        throw e;
      }
      return write(resource, apply);
    }
  }

  private boolean learn(String kind, KubernetesClientException refusal) {
    List<String> news =
        LACKING
            .matcher(Objects.requireNonNullElse(refusal.getMessage(), ""))
            .results()
            .map(it -> KEYS.matcher(it.group(1)).replaceAll(""))
            .filter(path -> lacking.add(List.of(path.split("\\."))))
            .toList();
    news.forEach(
        path ->
            LOG.warnf(
                "the CRD of %s is older than this operator and has no %s, which is left out:"
                    + " apply the CRDs of this version",
                kind, path));
    return !news.isEmpty();
  }

  @SuppressWarnings("unchecked")
  private T withoutLacking(T resource) {
    JsonNode json = SERIALIZATION.convertValue(resource, JsonNode.class);
    lacking.forEach(path -> remove(json, path));
    return (T) SERIALIZATION.convertValue(json, resource.getClass());
  }

  private static void remove(JsonNode from, List<String> path) {
    if (from.isArray()) {
      from.forEach(it -> remove(it, path));
    } else if (from instanceof ObjectNode object) {
      if (path.size() == 1) {
        object.remove(path.getFirst());
      } else if (object.has(path.getFirst())) {
        remove(object.get(path.getFirst()), path.subList(1, path.size()));
      }
    }
  }
}
