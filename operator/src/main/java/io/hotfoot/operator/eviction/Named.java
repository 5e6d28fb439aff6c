package io.hotfoot.operator.eviction;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;
import org.jboss.logging.MDC;

/** Has each line that this thread logs meanwhile name what it is about. */
public final class Named implements AutoCloseable {
  /** In the log's format, and in each line of JSON. */
  private static final String KEY = "about";

  private Named() {}

  /** An eviction or a policy. */
  public static Named after(HasMetadata resource) {
    String namespace = resource.getMetadata().getNamespace();
    String name = resource.getMetadata().getName();
    MDC.put(KEY, namespace == null ? name : namespace + "/" + name);
    return new Named();
  }

  /** What this thread's lines are about now. */
  public static Optional<String> current() {
    return Optional.ofNullable(MDC.get(KEY)).map(Object::toString);
  }

  @Override
  public void close() {
    MDC.remove(KEY);
  }
}
