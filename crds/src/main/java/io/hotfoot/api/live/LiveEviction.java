package io.hotfoot.api.live;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Rung;
import java.util.List;

/**
 * An eviction that has not ended.
 *
 * @param source null: not yet known, as target
 * @param says the condition that tells most, for people
 * @param totalPercent share of the guest's memory that has moved; null: not known
 * @param memory the hinted part of it, in the order in which it is pulled
 */
public record LiveEviction(
    String namespace,
    String name,
    String vm,
    String source,
    String target,
    EvictionPhase phase,
    Rung rung,
    String says,
    Integer totalPercent,
    List<LiveClass> memory) {

  /**
   * One class of docs/hint-format.md.
   *
   * @param pages of 4096 bytes
   * @param pulled those of them that are on the target
   */
  public record LiveClass(String name, long pages, long pulled) {}
}
