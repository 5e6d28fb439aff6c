package io.hotfoot.agent.grpc;

import io.grpc.Status;
import io.hotfoot.agent.Eviction;
import io.hotfoot.agent.Evictions;
import io.hotfoot.agent.hints.CollectedHints;
import io.hotfoot.agent.hints.GuestLine;
import io.hotfoot.agent.hints.HintCollector;
import io.hotfoot.agent.hints.HintMemory;
import io.hotfoot.agent.hints.HintSetReader;
import io.hotfoot.agent.hints.HostAccess;
import io.hotfoot.agent.hints.PullList;
import io.hotfoot.agent.link.LinkHealth;
import io.hotfoot.agent.pressure.CpuWait;
import io.hotfoot.agent.pressure.NodeProc;
import io.hotfoot.agent.pressure.PressureMonitor;
import io.hotfoot.agent.source.LibvirtMigration;
import io.hotfoot.agent.source.SourceEviction;
import io.hotfoot.agent.target.HugePageRestorer;
import io.hotfoot.agent.target.TargetEviction;
import io.hotfoot.agent.v1.ArmReply;
import io.hotfoot.agent.v1.ArmRequest;
import io.hotfoot.agent.v1.CollectHintsRequest;
import io.hotfoot.agent.v1.DescribeNodeRequest;
import io.hotfoot.agent.v1.DescribeVmRequest;
import io.hotfoot.agent.v1.EvictionReport;
import io.hotfoot.agent.v1.ForgetReply;
import io.hotfoot.agent.v1.ForgetRequest;
import io.hotfoot.agent.v1.HintChunk;
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.v1.NodeAgent;
import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.agent.v1.PressureReport;
import io.hotfoot.agent.v1.PullHeader;
import io.hotfoot.agent.v1.PullReply;
import io.hotfoot.agent.v1.PullRequest;
import io.hotfoot.agent.v1.ReleaseReply;
import io.hotfoot.agent.v1.ReleaseRequest;
import io.hotfoot.agent.v1.VmDescription;
import io.hotfoot.agent.v1.WatchPressureRequest;
import io.hotfoot.agent.v1.WatchRequest;
import io.hotfoot.agent.vm.QemuSearch;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.VmId;
import io.hotfoot.agent.vm.VmInspector;
import io.hotfoot.agent.vm.VmLocator;
import io.quarkus.grpc.GrpcService;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The contract's calls: agent.proto says what each does. */
@GrpcService
@Blocking
public class AgentService implements NodeAgent {
  private static final Duration LOOK_AT_PRESSURE = Duration.ofMillis(100);

  private final Evictions evictions;
  private final VmLocator locator;
  private final NodeProc node;
  private final HostAccess hostAccess;
  private final NodeDescriber describer;
  private final HintMemory hintMemory;
  private final HugePageRestorer hugePages;
  private final Clock clock = Clock.systemUTC();

  public AgentService(
      Evictions evictions,
      LinkHealth link,
      HintMemory hintMemory,
      HugePageRestorer hugePages,
      @ConfigProperty(name = "hotfoot.kubelet-pods") Path kubeletPods,
      @ConfigProperty(name = "hotfoot.node-proc") Path nodeProc,
      @ConfigProperty(name = "hotfoot.host-hints") Optional<Path> hostHints,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.evictions = evictions;
    this.hintMemory = hintMemory;
    this.hugePages = hugePages;
    this.locator = new VmLocator(kubeletPods);
    this.node = new NodeProc(nodeProc);
    this.hostAccess = new HostAccess(hostHints);
    this.describer = new NodeDescriber(node, hostAccess, link, version.replaceFirst("-.*", ""));
  }

  @Override
  public Uni<NodeDescription> describeNode(DescribeNodeRequest request) {
    return answer(describer::describe);
  }

  @Override
  public Uni<VmDescription> describeVm(DescribeVmRequest request) {
    return answer(
        () -> Messages.description(new VmInspector(locator).inspect(Messages.vm(request.getVm()))));
  }

  @Override
  public Multi<HintChunk> collectHints(CollectHintsRequest request) {
    return answer(() -> collect(request))
        .onItem()
        .transformToMulti(hints -> Multi.createFrom().iterable(Messages.chunks(hints)));
  }

  private CollectedHints collect(CollectHintsRequest request) throws Exception {
    String uid = Messages.uid(request.getEvictionUid());
    VmId vm = Messages.vm(request.getVm());
    int deadline = Messages.inRange("deadline_ms", request.getDeadlineMs(), 100, 60_000);
    int window = request.getWindowMs();
    if (window != 0) {
      Messages.inRange("window_ms", window, 5, 1000);
    }
    Eviction eviction = evictions.open(uid);
    hintMemory.leaveAlone(vm);
    HintCollector collector = new HintCollector(locator, hostAccess);
    Duration within = Duration.ofMillis(deadline);
    HintSource source = request.getSource();
    Callable<CollectedHints> collect =
        switch (source) {
          case HINT_SOURCE_GUEST ->
              () -> collector.fromGuest(vm, eviction.guestLine(), window, within);
          case HINT_SOURCE_HOST -> () -> collector.fromHost(vm, window, within);
          case HINT_SOURCE_MEMORY -> () -> hintMemory.recall(vm);
          default ->
              throw new IllegalArgumentException(
                  "source is " + source + ", expected HINT_SOURCE_GUEST, _HOST or _MEMORY");
        };
    return eviction.hints(source, collect);
  }

  @Override
  public Uni<ArmReply> arm(ArmRequest request) {
    return answer(
        () -> {
          String uid = Messages.uid(request.getEvictionUid());
          VmId vm = Messages.vm(request.getVm());
          Duration lease =
              Duration.ofMillis(Messages.inRange("lease_ms", request.getLeaseMs(), 1000, 60_000));
          long throttle = Messages.bytes("throttle_bytes", request.getThrottleBytes());
          long hinted = Messages.bytes("hinted_bytes", request.getHintedBytes());
          boolean follow = request.getHintsFollow();
          Eviction eviction = evictions.open(uid);
          hintMemory.leaveAlone(vm);
          SourceEviction source =
              eviction.source(
                  request.getMigrationUid(),
                  () -> arm(uid, vm, eviction.guestLine(), throttle, follow, hinted, lease));
          source.renew(lease);
          if (!follow) {
            source.hinted(hinted);
          }
          evictions.changed(uid);
          return ArmReply.getDefaultInstance();
        });
  }

  private SourceEviction arm(
      String uid,
      VmId vm,
      GuestLine line,
      long throttleBytes,
      boolean hintsFollow,
      long hintedBytes,
      Duration lease)
      throws Exception {
    LibvirtMigration migration =
        LibvirtMigration.open(locator.libvirtSocket(vm), vm.domainName(), line);
    SourceEviction source =
        new SourceEviction(
            CalledAbout.nameOr(uid),
            migration,
            throttleBytes,
            hintsFollow,
            hintedBytes,
            lease,
            new CpuWait(node, System::nanoTime)::share,
            clock,
            System::nanoTime,
            () -> evictions.changed(uid));
    source.arm();
    return source;
  }

  @Override
  public Uni<ReleaseReply> release(ReleaseRequest request) {
    return answer(
        () -> {
          String uid = Messages.uid(request.getEvictionUid());
          SourceEviction source = evictions.find(uid).map(Eviction::source).orElse(null);
          if (source == null) {
            throw Status.NOT_FOUND
                .withDescription(
                    "eviction " + uid + " was never armed on this node, or is forgotten")
                .asRuntimeException();
          }
          source.release(request.getPulled());
          return ReleaseReply.getDefaultInstance();
        });
  }

  @Override
  public Uni<PullReply> pull(Multi<PullRequest> requests) {
    // What follows is on other threads, where nobody knows whose call it is.
    UnaryOperator<String> name = CalledAbout.naming();
    return requests
        .collect()
        .in(HintUpload::new, HintUpload::add)
        .emitOn(Infrastructure.getDefaultWorkerPool())
        .chain(upload -> answer(() -> pull(upload, name)));
  }

  private PullReply pull(HintUpload upload, UnaryOperator<String> name) throws Exception {
    PullHeader header = upload.header();
    String uid = Messages.uid(header.getEvictionUid());
    TargetEviction target =
        evictions.open(uid).target(() -> pull(uid, name.apply(uid), header, upload.bytes()));
    evictions.changed(uid);
    return PullReply.newBuilder().setPages(target.pages()).build();
  }

  private TargetEviction pull(String uid, String name, PullHeader header, byte[] hints)
      throws Exception {
    VmId vm = Messages.vm(header.getVm());
    RamLayout layout = Messages.layout(header.getLayout());
    PullList list = PullList.of(HintSetReader.read(hints), layout);
    TargetEviction target =
        new TargetEviction(
            name,
            new QemuSearch(locator, vm)::find,
            layout,
            list,
            hugePages,
            clock,
            () -> evictions.changed(uid));
    target.start();
    return target;
  }

  @Override
  public Multi<EvictionReport> watch(WatchRequest request) {
    try {
      return ReportStream.of(evictions, Messages.uid(request.getEvictionUid()));
    } catch (IllegalArgumentException e) {
      return Multi.createFrom().failure(Errors.status(e));
    }
  }

  @Override
  public Uni<ForgetReply> forget(ForgetRequest request) {
    return answer(
        () -> {
          evictions.forget(Messages.uid(request.getEvictionUid()));
          return ForgetReply.getDefaultInstance();
        });
  }

  @Override
  public Multi<PressureReport> watchPressure(WatchPressureRequest request) {
    PressureMonitor monitor;
    try {
      monitor = new PressureMonitor(request, node, locator, hintMemory, System::nanoTime);
    } catch (IllegalArgumentException e) {
      return Multi.createFrom().failure(Errors.status(e));
    }
    return Multi.createFrom()
        .ticks()
        .every(LOOK_AT_PRESSURE)
        .onOverflow()
        .drop()
        .onItem()
        .transformToMultiAndConcatenate(
            tick -> answer(monitor::look).onItem().transformToMulti(AgentService::present));
  }

  private static <T> Multi<T> present(Optional<T> item) {
    return Multi.createFrom().items(item.stream());
  }

  private static <T> Uni<T> answer(Callable<T> work) {
    return Uni.createFrom()
        .item(
            () -> {
              try {
                return work.call();
              } catch (Exception e) {
                throw Errors.status(e);
              }
            });
  }
}
