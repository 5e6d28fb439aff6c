package io.hotfoot.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.hotfoot.agent.grpc.AgentClient;
import io.hotfoot.agent.grpc.Certificates;
import io.hotfoot.agent.hints.HintClass;
import io.hotfoot.agent.hints.HintSet;
import io.hotfoot.agent.hints.HintSetReader;
import io.hotfoot.agent.v1.CollectHintsRequest;
import io.hotfoot.agent.v1.DescribeNodeRequest;
import io.hotfoot.agent.v1.ForgetRequest;
import io.hotfoot.agent.v1.HintChunk;
import io.hotfoot.agent.v1.HintHeader;
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.agent.vm.VmId;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** A real QEMU whose guest gives no hints, has no agent, and counts what it accesses. */
@QuarkusTest
@TestProfile(PodsInTmp.class)
@WithTestResource(Certificates.class)
class HostHintsIT {
  private static final String EVICTION = "eviction";
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int QUICK = 0;
  private static final int SLOW_MS = 500;

  @TestHTTPResource(tls = true)
  URL url;

  private Path folder;
  private LauncherPod pod;
  private TouchingGuest guest;
  private AgentClient client;

  private record Collected(HintHeader header, HintSet set) {
    RoaringBitmap frames() {
      RoaringBitmap frames = new RoaringBitmap();
      set.sections().forEach(s -> frames.or(s.frames()));
      return frames;
    }
  }

  @BeforeEach
  void startPod() throws Exception {
    Machine.requireHostHints();
    folder = PodsInTmp.make();
    pod = new LauncherPod("source-pod", folder);
    await().atMost(SOON).until(pod::ready);
    client = new AgentClient(url.getPort(), Certificates.of("hotfoot-operator"));
  }

  @AfterEach
  void stop() throws Exception {
    if (client != null) {
      client.blocking().forget(ForgetRequest.newBuilder().setEvictionUid(EVICTION).build());
      client.close();
    }
    if (pod != null) {
      pod.close();
    }
    PodsInTmp.delete();
  }

  @Test
  void findsWhatTheGuestAccesses() throws Exception {
    assertThat(client.blocking().describeNode(DescribeNodeRequest.getDefaultInstance()))
        .satisfies(node -> assertThat(node.getHostHints().getWhyNot()).isEmpty());
    start("memfd");
    int[] before = guest.counts();
    Collected hints = collect(QUICK);
    RoaringBitmap truth = TouchingGuest.accessed(before, guest.counts());

    assertThat(hints.header.getSource()).isEqualTo(HintSource.HINT_SOURCE_HOST);
    assertThat(hints.header.getPages()).isEqualTo(hints.frames().getCardinality());
    assertThat(hints.set.sections()).allMatch(s -> s.hintClass() == HintClass.HOT);
    double found = RoaringBitmap.andCardinality(hints.frames(), truth);
    assertThat(found / truth.getCardinality()).as("recall").isGreaterThan(0.95);
    assertThat(found / hints.frames().getCardinality()).as("precision").isGreaterThan(0.8);
  }

  @Test
  void hugePagesGiveCoarseHintsAfterTheExactOnes() throws Exception {
    start("anonymous");
    int[] before = guest.counts();
    Collected hints = collect(QUICK);
    RoaringBitmap truth = TouchingGuest.accessed(before, guest.counts());
    double found = RoaringBitmap.andCardinality(hints.frames(), truth);
    assertThat(found / truth.getCardinality()).as("recall").isGreaterThan(0.95);
    assertThat(hints.set.sections())
        .extracting(HintSet.Section::hintClass)
        .isSorted()
        .isSubsetOf(HintClass.HOT, HintClass.HUGE);
  }

  @Test
  void saysSoWhenQemuDiesMeanwhile() throws Exception {
    start("memfd");
    CompletableFuture<Collected> collecting = collectSlowly();
    await().atMost(SOON).until(HostHintsIT::looker, Optional::isPresent);
    ProcessHandle.of(pod.qemu()).orElseThrow().destroyForcibly();
    assertRefused(collecting::join, "has ended");
  }

  @Test
  void saysSoWhenTheProgramIsKilledAndTakesThemWhenAskedAgain() throws Exception {
    start("memfd");
    CompletableFuture<Collected> collecting = collectSlowly();
    await()
        .atMost(SOON)
        .until(HostHintsIT::looker, Optional::isPresent)
        .orElseThrow()
        .destroyForcibly();
    assertRefused(collecting::join, "ended with 137");
    assertThat(collect(QUICK).header.getPages()).isPositive();
  }

  private void start(String backing) throws Exception {
    guest = TouchingGuest.start(pod, folder, backing);
    await().atMost(SOON).until(guest::hasGoneRound);
    guest.fillColdPages();
  }

  private CompletableFuture<Collected> collectSlowly() {
    return CompletableFuture.supplyAsync(() -> collect(SLOW_MS));
  }

  private Collected collect(int windowMs) {
    VmId vm = pod.vm();
    Iterator<HintChunk> chunks =
        client
            .blocking()
            .collectHints(
                CollectHintsRequest.newBuilder()
                    .setEvictionUid(EVICTION)
                    .setVm(
                        VmRef.newBuilder()
                            .setNamespace(vm.namespace())
                            .setName(vm.name())
                            .setLauncherPodUid(vm.launcherPodUid()))
                    .setSource(HintSource.HINT_SOURCE_HOST)
                    .setWindowMs(windowMs)
                    .setDeadlineMs(30_000)
                    .build());
    HintHeader header = chunks.next().getHeader();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    chunks.forEachRemaining(chunk -> bytes.writeBytes(chunk.getData().toByteArray()));
    try {
      return new Collected(header, HintSetReader.read(bytes.toByteArray()));
    } catch (java.io.IOException e) {
      throw new CompletionException(e);
    }
  }

  /** The program, while it looks. */
  private static Optional<ProcessHandle> looker() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("hotfoot-host-hints"))
        .findFirst();
  }

  private static void assertRefused(Supplier<Collected> collecting, String why) {
    assertThatThrownBy(collecting::get)
        .hasCauseInstanceOf(StatusRuntimeException.class)
        .cause()
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION))
        .hasMessageContaining(why);
  }
}
