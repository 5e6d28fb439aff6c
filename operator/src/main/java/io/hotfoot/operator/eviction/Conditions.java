package io.hotfoot.operator.eviction;

import io.hotfoot.api.v1alpha1.EvictionCondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A list of conditions with one of each type, in the order of the types. */
public final class Conditions {
  private Conditions() {}

  public static Optional<EvictionCondition> find(
      List<EvictionCondition> conditions, EvictionCondition.Type type) {
    return conditions.stream().filter(it -> it.type() == type).findFirst();
  }

  /** The list with this condition; the time of transition stays if the status does. */
  static List<EvictionCondition> with(
      List<EvictionCondition> conditions, EvictionCondition condition) {
    Instant since =
        find(conditions, condition.type())
            .filter(before -> before.status() == condition.status())
            .map(EvictionCondition::lastTransitionTime)
            .orElse(condition.lastTransitionTime());
    List<EvictionCondition> result = new ArrayList<>(conditions);
    result.removeIf(it -> it.type() == condition.type());
    result.add(
        new EvictionCondition(
            condition.type(),
            condition.status(),
            condition.reason(),
            condition.message(),
            since,
            condition.observedGeneration()));
    result.sort(Comparator.comparing(EvictionCondition::type));
    return result;
  }
}
