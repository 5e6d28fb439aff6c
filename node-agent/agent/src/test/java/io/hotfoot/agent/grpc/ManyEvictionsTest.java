package io.hotfoot.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotfoot.agent.hints.HintClass;
import io.hotfoot.agent.hints.HintSetWriter;
import io.hotfoot.agent.v1.ForgetRequest;
import io.hotfoot.agent.v1.PullHeader;
import io.hotfoot.agent.v1.RamLayout;
import io.hotfoot.agent.v1.RamSegment;
import io.hotfoot.agent.v1.TargetReport;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.agent.v1.WatchRequest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** A node that many VMs come to at once, over real gRPC; their QEMUs have yet to start. */
@QuarkusTest
@WithTestResource(Certificates.class)
class ManyEvictionsTest {
  private static final int MANY = 1000;

  /** Those that other tests have left with the same agent take a place each. */
  private static final int FEWEST_TAKEN = 50;

  private static final int MOST_TAKEN = 64;
  private static final int FRAMES = 100_000;
  private static final String UID = "many-";

  @TestHTTPResource(tls = true)
  URL url;

  @Test
  void ofAThousandAtOnceAsManyAreTakenAsTheContractAllows() throws Exception {
    try (AgentClient client = new AgentClient(url.getPort(), Certificates.of("hotfoot-operator"))) {
      List<PagesToPull> replies = IntStream.range(0, MANY).mapToObj(i -> pull(client, i)).toList();
      List<Integer> taken = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        if (isTaken(replies.get(i), FRAMES - i)) {
          taken.add(i);
        }
      }
      assertThat(taken).hasSizeBetween(FEWEST_TAKEN, MOST_TAKEN);
      assertThat(threads()).isEqualTo(taken.size());

      for (int i : taken) {
        TargetReport report =
            client
                .blocking()
                .watch(WatchRequest.newBuilder().setEvictionUid(UID + i).build())
                .next()
                .getTarget();
        assertThat(report.getState()).isEqualTo(TargetReport.State.TARGET_WAITING);
        assertThat(report.getHintedPages()).isEqualTo(FRAMES - i);
        client.blocking().forget(ForgetRequest.newBuilder().setEvictionUid(UID + i).build());
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> threads() == 0);
    }
  }

  private static boolean isTaken(PagesToPull reply, long pages) throws Exception {
    try {
      assertThat(reply.get()).isEqualTo(pages);
      return true;
    } catch (ExecutionException refused) {
      assertThat(refused).hasMessageContaining("this node takes part in 64 evictions already");
      return false;
    }
  }

  /** Those that wait for a QEMU: one an eviction. */
  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("target-" + UID))
        .count();
  }

  private static PagesToPull pull(AgentClient client, int number) {
    byte[] hints =
        new HintSetWriter(FRAMES)
            .section(HintClass.HOT, 1, RoaringBitmap.bitmapOfRange(number, FRAMES))
            .bytes();
    PullHeader.Builder header =
        PullHeader.newBuilder()
            .setEvictionUid(UID + number)
            .setVm(
                VmRef.newBuilder()
                    .setNamespace("default")
                    .setName("vm-" + number)
                    .setLauncherPodUid("pod-" + number))
            .setLayout(layout());
    return PagesToPull.ask(client, header, hints);
  }

  private static RamLayout layout() {
    return RamLayout.newBuilder()
        .addSegments(
            RamSegment.newBuilder()
                .setFirstGfn(0)
                .setPages(FRAMES)
                .setBlock("pc.ram")
                .setBlockSize(FRAMES * 4096L))
        .build();
  }
}
