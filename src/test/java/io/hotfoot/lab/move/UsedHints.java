package io.hotfoot.lab.move;

/**
 * What was pulled by hint, as an eviction's status tells it.
 *
 * @param source who gave the hints: Guest or Host
 * @param pages pages of 4096 bytes
 * @param bytes the same in bytes
 * @param collectedMs how long collecting took, ms
 */
public record UsedHints(String source, long pages, long bytes, long collectedMs) {}
