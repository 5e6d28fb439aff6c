package io.hotfoot.operator.agent;

import io.hotfoot.agent.v1.ArmRequest;
import io.hotfoot.agent.v1.CollectHintsRequest;
import io.hotfoot.agent.v1.EvictionReport;
import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.VmDescription;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.agent.v1.WatchPressureRequest;
import java.util.function.Consumer;

/**
 * The agent of one node. agent.proto tells what each call does. Every call ends by a deadline of
 * its own and throws {@link AgentException} where the agent refuses, fails or does not answer.
 */
public interface NodeAgent {
  NodeDescription describeNode();

  VmDescription describeVm(VmRef vm);

  HintSet collectHints(CollectHintsRequest request);

  void arm(ArmRequest request);

  /**
   * @param pulled since the hinted pages are there: the agent then waits for the guest to have most
   *     others, too
   */
  void release(String evictionUid, boolean pulled);

  /** Returns how many pages will be pulled. */
  long pull(String evictionUid, VmRef vm, HintSet hints);

  void forget(String evictionUid);

  /**
   * Reports until the watch is closed or breaks.
   *
   * @param onBreak is told why, once, if the stream ends by itself
   */
  Watch watch(
      String evictionUid, Consumer<EvictionReport> onReport, Consumer<AgentException> onBreak);

  /**
   * Reports until the watch is closed or breaks.
   *
   * @param onBreak is told why, once, if the stream ends by itself
   */
  Watch watchPressure(
      WatchPressureRequest request,
      Consumer<PressureReport> onReport,
      Consumer<AgentException> onBreak);

  /** Closing it twice does no harm. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
