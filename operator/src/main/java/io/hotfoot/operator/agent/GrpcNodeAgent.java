package io.hotfoot.operator.agent;

import com.google.common.util.concurrent.Uninterruptibles;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.hotfoot.agent.v1.ArmRequest;
import io.hotfoot.agent.v1.CollectHintsRequest;
import io.hotfoot.agent.v1.DescribeNodeRequest;
import io.hotfoot.agent.v1.DescribeVmRequest;
import io.hotfoot.agent.v1.EvictionReport;
import io.hotfoot.agent.v1.ForgetRequest;
import io.hotfoot.agent.v1.NodeAgentGrpc;
import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.PullHeader;
import io.hotfoot.agent.v1.PullReply;
import io.hotfoot.agent.v1.PullRequest;
import io.hotfoot.agent.v1.ReleaseRequest;
import io.hotfoot.agent.v1.VmDescription;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.agent.v1.WatchPressureRequest;
import io.hotfoot.agent.v1.WatchRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

class GrpcNodeAgent implements NodeAgent {
  private static final long SHORT_CALL_MS = 5_000;
  private static final long PULL_CALL_MS = 10_000;

  private final String node;
  private final Channel channel;

  GrpcNodeAgent(String node, Channel channel) {
    this.node = node;
    this.channel = channel;
  }

  @Override
  public NodeDescription describeNode() {
    return call(() -> stub(SHORT_CALL_MS).describeNode(DescribeNodeRequest.getDefaultInstance()));
  }

  @Override
  public VmDescription describeVm(VmRef vm) {
    DescribeVmRequest request = DescribeVmRequest.newBuilder().setVm(vm).build();
    return call(() -> stub(SHORT_CALL_MS).describeVm(request));
  }

  @Override
  public HintSet collectHints(CollectHintsRequest request) {
    // The guest's own deadline ends first, so that the agent can say what did not answer.
    long deadline = request.getDeadlineMs() + SHORT_CALL_MS;
    return call(() -> HintSet.read(stub(deadline).collectHints(request)));
  }

  @Override
  public void arm(ArmRequest request) {
    call(() -> stub(SHORT_CALL_MS).arm(request));
  }

  @Override
  public void release(String evictionUid, boolean pulled) {
    ReleaseRequest request =
        ReleaseRequest.newBuilder().setEvictionUid(evictionUid).setPulled(pulled).build();
    call(() -> stub(SHORT_CALL_MS).release(request));
  }

  @Override
  public void forget(String evictionUid) {
    ForgetRequest request = ForgetRequest.newBuilder().setEvictionUid(evictionUid).build();
    call(() -> stub(SHORT_CALL_MS).forget(request));
  }

  @Override
  public long pull(String evictionUid, VmRef vm, HintSet hints) {
    CompletableFuture<PullReply> reply = new CompletableFuture<>();
    StreamObserver<PullRequest> out =
        NodeAgentGrpc.newStub(channel)
            .withDeadlineAfter(PULL_CALL_MS, TimeUnit.MILLISECONDS)
            .pull(new ReplyObserver(reply));
    PullHeader header =
        PullHeader.newBuilder()
            .setEvictionUid(evictionUid)
            .setVm(vm)
            .setLayout(hints.header().getLayout())
            .setLength(hints.header().getLength())
            .build();
    out.onNext(PullRequest.newBuilder().setHeader(header).build());
    hints.chunks().forEach(it -> out.onNext(PullRequest.newBuilder().setData(it).build()));
    out.onCompleted();
    return call(() -> await(reply)).getPages();
  }

  @Override
  public Watch watch(
      String evictionUid, Consumer<EvictionReport> onReport, Consumer<AgentException> onBreak) {
    WatchRequest request = WatchRequest.newBuilder().setEvictionUid(evictionUid).build();
    return watch(
        reports -> NodeAgentGrpc.newStub(channel).watch(request, reports), onReport, onBreak);
  }

  @Override
  public Watch watchPressure(
      WatchPressureRequest request,
      Consumer<PressureReport> onReport,
      Consumer<AgentException> onBreak) {
    return watch(
        reports -> NodeAgentGrpc.newStub(channel).watchPressure(request, reports),
        onReport,
        onBreak);
  }

  private <T> Watch watch(
      Consumer<StreamObserver<T>> call, Consumer<T> onReport, Consumer<AgentException> onBreak) {
    Context.CancellableContext context = Context.ROOT.withCancellation();
    context.run(() -> call.accept(new ReportObserver<>(node, context, onReport, onBreak)));
    return () -> context.cancel(null);
  }

  private NodeAgentGrpc.NodeAgentBlockingStub stub(long deadlineMs) {
    return NodeAgentGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadlineMs, TimeUnit.MILLISECONDS);
  }

  private <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw AgentException.of(node, e);
    }
  }

  private static PullReply await(CompletableFuture<PullReply> reply) {
    try {
      return Uninterruptibles.getUninterruptibly(reply, PULL_CALL_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw Status.fromThrowable(e.getCause()).asRuntimeException();
    } catch (TimeoutException e) {
      throw Status.DEADLINE_EXCEEDED.withDescription("no reply to Pull").asRuntimeException();
    }
  }

  private record ReplyObserver(CompletableFuture<PullReply> reply)
      implements StreamObserver<PullReply> {
    @Override
    public void onNext(PullReply value) {
      reply.complete(value);
    }

    @Override
    public void onError(Throwable t) {
      reply.completeExceptionally(t);
    }

    @Override
    public void onCompleted() {
      reply.completeExceptionally(
          Status.INTERNAL.withDescription("Pull ended without a reply").asException());
    }
  }

  private record ReportObserver<T>(
      String node,
      Context.CancellableContext context,
      Consumer<T> onReport,
      Consumer<AgentException> onBreak)
      implements StreamObserver<T> {
    @Override
    public void onNext(T report) {
      onReport.accept(report);
    }

    @Override
    public void onError(Throwable t) {
      ended(Status.fromThrowable(t));
    }

    @Override
    public void onCompleted() {
      ended(Status.UNAVAILABLE.withDescription("the stream has ended"));
    }

    private void ended(Status status) {
      if (!context.isCancelled()) {
        context.cancel(null);
        onBreak.accept(AgentException.of(node, status.asRuntimeException()));
      }
    }
  }
}
