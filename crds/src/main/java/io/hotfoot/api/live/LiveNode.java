package io.hotfoot.api.live;

import java.util.List;

/**
 * A node that a policy watches.
 *
 * @param pressed whether one of the policy's triggers holds
 * @param percent the most that is lost to waiting, by any trigger, 0 to 100; null: the agent is
 *     silent
 * @param why the triggers that hold, or what keeps the agent silent; empty: neither
 * @param memoryTotal bytes
 * @param memoryAvailable to programs, bytes
 */
public record LiveNode(
    String name,
    String policy,
    boolean pressed,
    Integer percent,
    String why,
    long memoryTotal,
    long memoryAvailable,
    List<LiveVm> vms) {}
