package io.hotfoot.operator.live;

import io.hotfoot.api.live.LiveState;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.pressure.Relief;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The cluster as this operator sees it now. */
public final class LiveView {
  private final String operator;
  private final BooleanSupplier acts;
  private final Relief relief;
  private final LiveEvictions evictions;

  /**
   * @param operator name of this operator's pod
   * @param acts whether this is the operator that acts
   */
  public LiveView(String operator, BooleanSupplier acts, Relief relief, Cluster cluster) {
    this.operator = operator;
    this.acts = acts;
    this.relief = relief;
    this.evictions = new LiveEvictions(cluster);
  }

  LiveState now() {
    return acts.getAsBoolean()
        ? new LiveState(operator, true, relief.overview(), evictions.now())
        : new LiveState(operator, false, List.of(), List.of());
  }
}
