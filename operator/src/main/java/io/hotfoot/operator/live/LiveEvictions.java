package io.hotfoot.operator.live;

import io.hotfoot.api.live.LiveEviction;
import io.hotfoot.api.live.LiveEviction.LiveClass;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Rung;
import io.hotfoot.api.v1alpha1.TransferStatus;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.cluster.Cluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The evictions that have not ended, as their objects tell. */
final class LiveEvictions {
  /** The classes of docs/hint-format.md that are pulled, in that order. */
  private static final List<String> PULLED = List.of("hot", "kernel", "cache", "huge");

  private final Cluster cluster;

  LiveEvictions(Cluster cluster) {
    this.cluster = cluster;
  }

  List<LiveEviction> now() {
    return Stream.of(EvictionPhase.values())
        .filter(phase -> !phase.isFinal())
        .flatMap(phase -> cluster.evictionsIn(phase).stream())
        .sorted(Comparator.comparing((VMEviction it) -> it.getMetadata().getCreationTimestamp()))
        .map(LiveEvictions::live)
        .toList();
  }

  private static LiveEviction live(VMEviction eviction) {
    VMEvictionStatus status =
        Objects.requireNonNullElseGet(eviction.getStatus(), VMEvictionStatus::new);
    return new LiveEviction(
        eviction.getMetadata().getNamespace(),
        eviction.getMetadata().getName(),
        eviction.getSpec().vmiName(),
        status.sourceNode,
        status.targetNode,
        Objects.requireNonNullElse(status.phase, EvictionPhase.Pending),
        Rung.of(Objects.requireNonNullElse(status.mode, eviction.getSpec().mode()), status.hints),
        says(status.conditions),
        status.transfer == null ? null : status.transfer.totalPercent(),
        memory(status));
  }

  /** The first condition that does not hold is what it waits for. */
  private static String says(List<EvictionCondition> conditions) {
    return conditions.stream()
        .filter(it -> it.status() != EvictionCondition.Status.True)
        .findFirst()
        .map(it -> it.reason() + ": " + it.message())
        .orElse("");
  }

  private static List<LiveClass> memory(VMEvictionStatus status) {
    if (status.hints == null || status.hints.classes() == null) {
      return List.of();
    }
    TransferStatus transfer = status.transfer;
    long left = transfer == null || transfer.pulledPages() == null ? 0 : transfer.pulledPages();
    List<LiveClass> memory = new ArrayList<>();
    for (String name : PULLED) {
      long pages = status.hints.classes().getOrDefault(name, 0L);
      long pulled = Math.min(pages, left);
      left -= pulled;
      if (pages > 0) {
        memory.add(new LiveClass(name, pages, pulled));
      }
    }
    return memory;
  }
}
