package io.hotfoot.api.live;

/**
 * A VM on a watched node.
 *
 * @param vm namespace/name
 * @param cpuMilli thousandths of a CPU over the last second
 * @param residentBytes QEMU's resident memory
 * @param hintedBytes of the pages that its guest last named as hints; 0: it named none
 * @param score relief per second of predicted eviction time; null where it stays
 * @param stays why no policy evicts it; null: it is a candidate
 */
public record LiveVm(
    String vm, long cpuMilli, long residentBytes, long hintedBytes, Double score, String stays) {}
