package io.hotfoot.operator.agent;

import com.google.protobuf.ByteString;
import io.grpc.Status;
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
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.v1.NodeAgentGrpc;
import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.PullReply;
import io.hotfoot.agent.v1.PullRequest;
import io.hotfoot.agent.v1.ReleaseReply;
import io.hotfoot.agent.v1.ReleaseRequest;
import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.agent.v1.SourceReport.Order;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.agent.v1.Usable;
import io.hotfoot.agent.v1.VmDescription;
import io.hotfoot.agent.v1.WatchPressureRequest;
import io.hotfoot.agent.v1.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An agent that does as a test says. Knows one eviction at a time. */
public class FakeAgent extends NodeAgentGrpc.NodeAgentImplBase {
  public static final int HOT_PAGES = 100;

  private static final int HINTED_FIRST_MS = 1000;

  private final List<StreamObserver<EvictionReport>> watchers = new CopyOnWriteArrayList<>();
  private final Map<String, Status> refusals = new ConcurrentHashMap<>();

  public volatile NodeDescription node =
      NodeDescription.newBuilder()
          .setAgentVersion("0.1.0")
          .setUserfaultfd(Usable.newBuilder().setUsable(true))
          .setPull(Usable.newBuilder().setUsable(true))
          .build();
  public volatile VmDescription vm = VmDescription.newBuilder().setQemuVersion(10_000_002).build();

  private final List<StreamObserver<PressureReport>> pressureWatchers = new ArrayList<>();
  private volatile boolean describedAVm;
  private PressureReport pressure = PressureReport.getDefaultInstance();
  private SourceReport source = SourceReport.getDefaultInstance();
  private TargetReport target = TargetReport.getDefaultInstance();
  private boolean throttleAsked;
  private boolean hintsFollow;
  private String armedPod;
  private int streamedMs = 20_000;
  private volatile boolean looksItself;
  private volatile boolean guestIsSilent;
  private volatile int rememberedMs;

  /** From now on this call, by its name in agent.proto, fails with that status. */
  public void refuse(String call, Status status) {
    refusals.put(call, status);
  }

  /** Ends that. */
  public void accept(String call) {
    refusals.remove(call);
  }

  /** It takes hints on its node too. */
  public void lookItself() {
    looksItself = true;
  }

  /** The guest is asked for hints and never answers. */
  public void silenceGuest() {
    guestIsSilent = true;
  }

  /** The agent has hints that the guest gave so long ago, ms. */
  public void remember(int ageMs) {
    rememberedMs = ageMs;
  }

  /** As after a restart: knows of nothing and its watchers are cut off. */
  public synchronized void restart() {
    source = SourceReport.getDefaultInstance();
    target = TargetReport.getDefaultInstance();
    watchers.forEach(it -> it.onError(Status.UNAVAILABLE.asRuntimeException()));
    watchers.clear();
  }

  public synchronized boolean isArmed() {
    return source.getState() == SourceReport.State.SOURCE_ARMED && !hintsFollow;
  }

  /** UID of the virt-launcher pod that it was armed for. */
  public synchronized String armedPod() {
    return armedPod;
  }

  public synchronized boolean isThrottled() {
    return source.getThrottled();
  }

  public synchronized boolean knowsNothing() {
    return source.getState() == SourceReport.State.SOURCE_UNKNOWN
        && target.getState() == TargetReport.State.TARGET_UNKNOWN;
  }

  public synchronized boolean hasHints() {
    return target.getState() != TargetReport.State.TARGET_UNKNOWN;
  }

  /** QEMU's stream would bring all memory in this time; the hinted pages would take a second. */
  public synchronized void streamsIn(int ms) {
    streamedMs = ms;
  }

  /** QEMU has begun to migrate, and the agent has switched. */
  public synchronized void switchNow() {
    boolean hintedFirst = HINTED_FIRST_MS < 2.0 / 3 * streamedMs;
    source =
        source.toBuilder()
            .setState(SourceReport.State.SOURCE_POSTCOPY)
            .setSwitchedMs(System.currentTimeMillis())
            .setThrottled(throttleAsked && hintedFirst)
            .setOrder(hintedFirst ? Order.ORDER_HINTED_FIRST : Order.ORDER_STREAMED)
            .setStreamBytesPerSecond(50_000_000)
            .setHintedFirstMs(HINTED_FIRST_MS)
            .setStreamedMs(streamedMs)
            .setMemoryTotal(1000)
            .setMemoryRemaining(900)
            .setRemoteFaults(7)
            .setDowntimeMs(12)
            .build();
    tell();
  }

  /** So many bytes are still to move. */
  public synchronized void remains(long bytes) {
    source = source.toBuilder().setMemoryRemaining(bytes).build();
    tell();
  }

  public synchronized void report(TargetReport report) {
    target = report;
    tell();
  }

  public synchronized void pull(int hotResident) {
    boolean all = hotResident == HOT_PAGES;
    long now = System.currentTimeMillis();
    report(
        target.toBuilder()
            .setState(all ? TargetReport.State.TARGET_RESIDENT : TargetReport.State.TARGET_PULLING)
            .setHintedPages(HOT_PAGES)
            .setHotPages(HOT_PAGES)
            .setResidentPages(hotResident)
            .setHotResidentPages(hotResident)
            .setHotResidentMs(all ? now : 0)
            .setHintedResidentMs(all ? now : 0)
            .build());
  }

  @Override
  public void describeNode(DescribeNodeRequest request, StreamObserver<NodeDescription> reply) {
    answer("DescribeNode", reply, node);
  }

  /** Whether it was asked of a VM. */
  public boolean hasDescribedAVm() {
    return describedAVm;
  }

  @Override
  public void describeVm(DescribeVmRequest request, StreamObserver<VmDescription> reply) {
    describedAVm = true;
    answer("DescribeVm", reply, vm);
  }

  @Override
  public void collectHints(CollectHintsRequest request, StreamObserver<HintChunk> reply) {
    boolean host = request.getSource() == HintSource.HINT_SOURCE_HOST;
    if (host && !looksItself) {
      reply.onError(
          Status.FAILED_PRECONDITION.withDescription("switched off here").asRuntimeException());
      return;
    }
    if (request.getSource() == HintSource.HINT_SOURCE_MEMORY && rememberedMs == 0) {
      reply.onError(
          Status.FAILED_PRECONDITION.withDescription("nothing is remembered").asRuntimeException());
      return;
    }
    boolean guest = request.getSource() == HintSource.HINT_SOURCE_GUEST;
    if (guest && (guestIsSilent || isRefused("CollectHints", reply))) {
      return;
    }
    ByteString data = ByteString.copyFromUtf8("hints");
    HintHeader header =
        HintHeader.newBuilder()
            .setSource(request.getSource())
            .setPages(HOT_PAGES)
            .putClassPages("hot", HOT_PAGES)
            .setCollectedMs(42)
            .setAgeMs(request.getSource() == HintSource.HINT_SOURCE_MEMORY ? rememberedMs : 0)
            .setLength(data.size())
            .build();
    reply.onNext(HintChunk.newBuilder().setHeader(header).build());
    reply.onNext(HintChunk.newBuilder().setData(data).build());
    reply.onCompleted();
  }

  @Override
  public synchronized void arm(ArmRequest request, StreamObserver<ArmReply> reply) {
    if (isRefused("Arm", reply)) {
      return;
    }
    throttleAsked = request.getThrottleBytes() > 0;
    hintsFollow = request.getHintsFollow();
    armedPod = request.getVm().getLauncherPodUid();
    if (source.getState() == SourceReport.State.SOURCE_UNKNOWN) {
      source = source.toBuilder().setState(SourceReport.State.SOURCE_ARMED).build();
      tell();
    }
    answer("Arm", reply, ArmReply.getDefaultInstance());
  }

  @Override
  public synchronized void release(ReleaseRequest request, StreamObserver<ReleaseReply> reply) {
    source = source.toBuilder().setThrottled(false).build();
    tell();
    answer("Release", reply, ReleaseReply.getDefaultInstance());
  }

  @Override
  public synchronized void forget(ForgetRequest request, StreamObserver<ForgetReply> reply) {
    if (!refusals.containsKey("Forget")) {
      source = SourceReport.getDefaultInstance();
      target = TargetReport.getDefaultInstance();
    }
    answer("Forget", reply, ForgetReply.getDefaultInstance());
  }

  @Override
  public StreamObserver<PullRequest> pull(StreamObserver<PullReply> reply) {
    return new StreamObserver<>() {
      @Override
      public void onNext(PullRequest value) {}

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {
        if (isRefused("Pull", reply)) {
          return;
        }
        if (!hasHints()) {
          report(target.toBuilder().setState(TargetReport.State.TARGET_WAITING).build());
        }
        answer("Pull", reply, PullReply.newBuilder().setPages(HOT_PAGES).build());
      }
    };
  }

  @Override
  public synchronized void watch(WatchRequest request, StreamObserver<EvictionReport> reply) {
    watchers.add(reply);
    reply.onNext(report());
  }

  /** From now on this is what the node reports of its pressure. */
  public synchronized void press(PressureReport report) {
    pressure = report;
    reportPressure();
  }

  /** As a real agent does every second. */
  synchronized void reportPressure() {
    pressureWatchers.removeIf(watcher -> !isTold(watcher));
  }

  private boolean isTold(StreamObserver<PressureReport> watcher) {
    try {
      watcher.onNext(pressure);
      return true;
    } catch (RuntimeException e) {
      return false; // it has hung up
    }
  }

  @Override
  public synchronized void watchPressure(
      WatchPressureRequest request, StreamObserver<PressureReport> reply) {
    if (isRefused("WatchPressure", reply)) {
      return;
    }
    pressureWatchers.add(reply);
    reply.onNext(pressure);
  }

  private void tell() {
    for (StreamObserver<EvictionReport> watcher : watchers) {
      try {
        watcher.onNext(report());
      } catch (RuntimeException e) {
        watchers.remove(watcher); // it has hung up
      }
    }
  }

  private EvictionReport report() {
    EvictionReport.Builder report = EvictionReport.newBuilder();
    if (isArmedOnce()) {
      report.setSource(source);
    } else if (hasHints()) {
      report.setTarget(target);
    }
    return report.build();
  }

  private boolean isArmedOnce() {
    return source.getState() != SourceReport.State.SOURCE_UNKNOWN;
  }

  private boolean isRefused(String call, StreamObserver<?> reply) {
    Status status = refusals.get(call);
    if (status != null) {
      reply.onError(status.asRuntimeException());
    }
    return status != null;
  }

  private <T> void answer(String call, StreamObserver<T> reply, T value) {
    if (!isRefused(call, reply)) {
      reply.onNext(value);
      reply.onCompleted();
    }
  }
}
