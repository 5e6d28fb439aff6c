package io.hotfoot.api.live;

import java.util.List;

/**
 * The cluster as the operator sees it now.
 *
 * @param operator name of its pod
 * @param acts whether it is the one of several that acts; else the lists are empty
 * @param nodes those that a policy watches
 * @param evictions those that have not ended
 */
public record LiveState(
    String operator, boolean acts, List<LiveNode> nodes, List<LiveEviction> evictions) {}
