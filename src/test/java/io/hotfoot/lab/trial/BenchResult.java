package io.hotfoot.lab.trial;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.hotfoot.lab.trial.Result.WayResult;
import java.util.List;

/**
 * One round of the benchmark, an entry of results.json: each way once, one after the other.
 *
 * @param guestMib memory of the VM that leaves, MiB
 * @param linkMbit rate of the link between the nodes, Mbit/s; null: unlimited
 * @param contention none, light or heavy
 */
@JsonNaming(SnakeCaseStrategy.class)
public record BenchResult(
    String workload, int guestMib, Integer linkMbit, String contention, List<BenchWay> ways) {

  /**
   * @param figures as in the demo's result.json
   * @param workLostVmS work lost by the VM that leaves and the one that stays, VM-seconds
   * @param neighbourLostVmS what of it the one that stays lost
   * @param contentionLeftS from the onset of pressure until the VM had left, or to the end
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record BenchWay(
      @JsonUnwrapped WayResult figures,
      double workLostVmS,
      double neighbourLostVmS,
      double contentionLeftS) {}
}
