package io.hotfoot.operator.it.scale;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.hotfoot.agent.v1.ArmReply;
import io.hotfoot.agent.v1.ArmRequest;
import io.hotfoot.agent.v1.CollectHintsRequest;
import io.hotfoot.agent.v1.DescribeNodeRequest;
import io.hotfoot.agent.v1.DescribeVmRequest;
import io.hotfoot.agent.v1.EvictionReport;
import io.hotfoot.agent.v1.ForgetReply;
import io.hotfoot.agent.v1.ForgetRequest;
import io.hotfoot.agent.v1.HintChunk;
import io.hotfoot.agent.v1.HintHeader;
import io.hotfoot.agent.v1.NodeAgentGrpc;
import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.PullReply;
import io.hotfoot.agent.v1.PullRequest;
import io.hotfoot.agent.v1.ReleaseReply;
import io.hotfoot.agent.v1.ReleaseRequest;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.agent.v1.Usable;
import io.hotfoot.agent.v1.VmDescription;
import io.hotfoot.agent.v1.WatchPressureRequest;
import io.hotfoot.agent.v1.WatchRequest;
import java.util.HashMap;
import java.util.Map;

/** The agent of one node of a large cluster: knows many evictions, and does all at once. */
class BulkAgent extends NodeAgentGrpc.NodeAgentImplBase {
  private static final int PAGES = 100;
  private static final NodeDescription NODE =
      NodeDescription.newBuilder()
          .setAgentVersion("0.1.0")
          .setUserfaultfd(Usable.newBuilder().setUsable(true))
          .setPull(Usable.newBuilder().setUsable(true))
          .build();
  private static final VmDescription VM =
      VmDescription.newBuilder().setQemuVersion(10_001_000).build();

  private final Map<String, EvictionReport> reports = new HashMap<>();
  private final Map<String, StreamObserver<EvictionReport>> watchers = new HashMap<>();
  private StreamObserver<PressureReport> pressureWatcher;
  private PressureReport pressure = PressureReport.getDefaultInstance();

  synchronized void press(PressureReport report) {
    pressure = report;
    reportPressure();
  }

  /** As a real agent does every second. */
  synchronized void reportPressure() {
    if (pressureWatcher != null) {
      try {
        pressureWatcher.onNext(pressure);
      } catch (RuntimeException e) {
        pressureWatcher = null; // it has hung up
      }
    }
  }

  synchronized boolean isArmed(String eviction) {
    return stateOf(eviction) == SourceReport.State.SOURCE_ARMED;
  }

  synchronized boolean isThrottled(String eviction) {
    return reports.containsKey(eviction) && reports.get(eviction).getSource().getThrottled();
  }

  /** Post-copy begins at the source. */
  synchronized void switchNow(String eviction) {
    tell(
        eviction,
        EvictionReport.newBuilder()
            .setSource(
                SourceReport.newBuilder()
                    .setState(SourceReport.State.SOURCE_POSTCOPY)
                    .setSwitchedMs(System.currentTimeMillis())
                    .setThrottled(isThrottledOnce(eviction))
                    .setMemoryTotal(1000)
                    .setMemoryRemaining(900))
            .build());
  }

  private boolean isThrottledOnce(String eviction) {
    return reports.get(eviction).getSource().getThrottled();
  }

  synchronized boolean hasHints(String eviction) {
    return reports.containsKey(eviction) && reports.get(eviction).hasTarget();
  }

  /** All hinted pages are at the target. */
  synchronized void pulled(String eviction) {
    long now = System.currentTimeMillis();
    tell(
        eviction,
        EvictionReport.newBuilder()
            .setTarget(
                TargetReport.newBuilder()
                    .setState(TargetReport.State.TARGET_RESIDENT)
                    .setHintedPages(PAGES)
                    .setHotPages(PAGES)
                    .setResidentPages(PAGES)
                    .setHotResidentPages(PAGES)
                    .setHotResidentMs(now)
                    .setHintedResidentMs(now))
            .build());
  }

  private SourceReport.State stateOf(String eviction) {
    return reports
        .getOrDefault(eviction, EvictionReport.getDefaultInstance())
        .getSource()
        .getState();
  }

  private void tell(String eviction, EvictionReport report) {
    reports.put(eviction, report);
    StreamObserver<EvictionReport> watcher = watchers.get(eviction);
    if (watcher != null) {
      try {
        watcher.onNext(report);
      } catch (RuntimeException e) {
        watchers.remove(eviction); // it has hung up
      }
    }
  }

  @Override
  public void describeNode(DescribeNodeRequest request, StreamObserver<NodeDescription> reply) {
    answer(reply, NODE);
  }

  @Override
  public void describeVm(DescribeVmRequest request, StreamObserver<VmDescription> reply) {
    answer(reply, VM);
  }

  @Override
  public void collectHints(CollectHintsRequest request, StreamObserver<HintChunk> reply) {
    ByteString data = ByteString.copyFromUtf8("hints");
    reply.onNext(
        HintChunk.newBuilder()
            .setHeader(
                HintHeader.newBuilder()
                    .setSource(request.getSource())
                    .setPages(PAGES)
                    .putClassPages("hot", PAGES)
                    .setCollectedMs(42)
                    .setLength(data.size()))
            .build());
    answer(reply, HintChunk.newBuilder().setData(data).build());
  }

  @Override
  public synchronized void arm(ArmRequest request, StreamObserver<ArmReply> reply) {
    if (stateOf(request.getEvictionUid()) == SourceReport.State.SOURCE_UNKNOWN) {
      tell(
          request.getEvictionUid(),
          EvictionReport.newBuilder()
              .setSource(
                  SourceReport.newBuilder()
                      .setState(SourceReport.State.SOURCE_ARMED)
                      .setThrottled(request.getThrottleBytes() > 0))
              .build());
    }
    answer(reply, ArmReply.getDefaultInstance());
  }

  @Override
  public synchronized void release(ReleaseRequest request, StreamObserver<ReleaseReply> reply) {
    EvictionReport last = reports.get(request.getEvictionUid());
    if (last != null) {
      EvictionReport.Builder next = last.toBuilder();
      next.getSourceBuilder().setThrottled(false);
      tell(request.getEvictionUid(), next.build());
    }
    answer(reply, ReleaseReply.getDefaultInstance());
  }

  @Override
  public synchronized void forget(ForgetRequest request, StreamObserver<ForgetReply> reply) {
    reports.remove(request.getEvictionUid());
    watchers.remove(request.getEvictionUid());
    answer(reply, ForgetReply.getDefaultInstance());
  }

  @Override
  public StreamObserver<PullRequest> pull(StreamObserver<PullReply> reply) {
    return new StreamObserver<>() {
      private String eviction;

      @Override
      public void onNext(PullRequest part) {
        if (part.hasHeader()) {
          eviction = part.getHeader().getEvictionUid();
        }
      }

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {
        synchronized (BulkAgent.this) {
          tell(
              eviction,
              EvictionReport.newBuilder()
                  .setTarget(TargetReport.newBuilder().setState(TargetReport.State.TARGET_WAITING))
                  .build());
        }
        answer(reply, PullReply.newBuilder().setPages(PAGES).build());
      }
    };
  }

  @Override
  public synchronized void watch(WatchRequest request, StreamObserver<EvictionReport> reply) {
    watchers.put(request.getEvictionUid(), reply);
    reply.onNext(
        reports.getOrDefault(request.getEvictionUid(), EvictionReport.getDefaultInstance()));
  }

  @Override
  public synchronized void watchPressure(
      WatchPressureRequest request, StreamObserver<PressureReport> reply) {
    pressureWatcher = reply;
    reply.onNext(pressure);
  }

  private static <T> void answer(StreamObserver<T> reply, T value) {
    reply.onNext(value);
    reply.onCompleted();
  }
}
