package io.hotfoot.lab.trial;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * The demo's result.json. Times that end in S are seconds since the migration job started.
 *
 * @param startedBy "apply": by a VMEviction that was asked for; "pressure": by a policy
 * @param guestMib the guest's memory, MiB
 * @param linkMbit the rate of the link between the nodes, Mbit/s; null where it is not known
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Result(
    String startedBy, String workload, int guestMib, Integer linkMbit, List<WayResult> ways) {

  /**
   * One way's figures; {@link Figures} tells how each is reached.
   *
   * @param converged whether the VM arrived, all of it
   * @param switchoverS until the source's CPUs were free; where the way was cut off, until then
   * @param downtimeMs how long neither side's CPUs ran; 0 where the guest never moved
   * @param recoveredS until throughput was back for good; null if never
   * @param hints null where the way used none
   * @param hotResidentS until every hinted page was there
   * @param hotIdealS what the hinted bytes alone take at the link's rate, seconds
   * @param totalS until the source had nothing left to send; null where the way was cut off
   * @param serviceS from the stop of the source's CPUs until a Service led to the target: so long
   *     clients of the pod network reach nobody; null where the way was cut off
   * @param lostOpsShare share of work lost against an undisturbed run, 0 to 1
   * @param settledShare settled throughput ÷ the one before; null where the VM did not arrive
   * @param latency null where the guest has no client
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record WayResult(
      String way,
      boolean converged,
      double switchoverS,
      long downtimeMs,
      Double recoveredS,
      HintResult hints,
      Double hotResidentS,
      Double hotIdealS,
      Double totalS,
      Double serviceS,
      double lostOpsShare,
      Double settledShare,
      LatencyResult latency) {}

  /**
   * What 99 % of a client's requests took at most, ms; null where none was answered.
   *
   * @param beforeP99Ms in the 10 s before the request to leave
   * @param meanwhileP99Ms from the request until all memory had moved, or the way was cut off
   * @param afterP99Ms in the record's last 10 s
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record LatencyResult(Double beforeP99Ms, Double meanwhileP99Ms, Double afterP99Ms) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record HintResult(String source, long pages, long collectedMs) {}

  /** Null where that way was not run. */
  WayResult find(Way way) {
    return ways.stream().filter(w -> w.way().equals(way.label())).findFirst().orElse(null);
  }
}
