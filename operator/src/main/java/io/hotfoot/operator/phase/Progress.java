package io.hotfoot.operator.phase;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.eviction.Eviction;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Spares the API server writes that nobody would miss: what only tells how far an eviction is waits
 * until its last write is a second old, and goes with the next. A phase, or a condition that begins
 * or ceases to hold, waits for nothing.
 */
class Progress {
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Cache<String, Boolean> justWritten =
      CacheBuilder.newBuilder().expireAfterWrite(EVERY).build();

  void written(Eviction eviction) {
    justWritten.put(eviction.uid(), true);
  }

  boolean canWait(Eviction eviction) {
    VMEvictionStatus before = eviction.resource().getStatus();
    return justWritten.getIfPresent(eviction.uid()) != null
        && before != null
        && before.phase == eviction.phase()
        && holding(before).equals(holding(eviction.status()));
  }

  private static Map<EvictionCondition.Type, EvictionCondition.Status> holding(
      VMEvictionStatus status) {
    return status.conditions.stream()
        .collect(Collectors.toMap(EvictionCondition::type, EvictionCondition::status));
  }
}
