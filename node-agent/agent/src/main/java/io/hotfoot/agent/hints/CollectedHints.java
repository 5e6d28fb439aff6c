package io.hotfoot.agent.hints;

import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.vm.RamLayout;

/**
 * A VM's checked hints.
 *
 * @param source who gave them
 * @param bytes the hint set, as docs/hint-format.md says
 * @param layout of the VM's memory when they were taken
 * @param list what is to be pulled of it
 * @param tookMs how long collecting took, ms
 */
public record CollectedHints(
    HintSource source, byte[] bytes, RamLayout layout, PullList list, long tookMs) {}
