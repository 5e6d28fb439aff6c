package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.agent.FakeAgent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One eviction as a collector of traces sees it, and as the agents' logs name it. */
class TracesIT extends LiveScene {
  private static final String[] SPANS = {
    "evict", "wait", "take hints", "switch", "pull hot pages", "throttle", "drain"
  };

  /** In protobuf a trace's ID is its 16 bytes, and a span's name is text. */
  private final List<String> received = new CopyOnWriteArrayList<>();

  private final HttpServer collector = collector();

  @Override
  Map<String, String> settings() {
    return Map.of("HOTFOOT_TRACES", "http://localhost:" + collector.getAddress().getPort() + "/");
  }

  @Test
  void isOneTraceWithASpanForEachStepOfOperatorAndAgents() {
    VMEviction eviction =
        client.resources(VMEviction.class).inNamespace(namespace).withName("evict").get();
    String trace =
        new String(
            HexFormat.of().parseHex(eviction.getMetadata().getUid().replace("-", "")),
            StandardCharsets.ISO_8859_1);
    assertThat(received).as("before the end").isEmpty();
    target().pull(FakeAgent.HOT_PAGES);
    await("its trace")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(String.join("", received)).contains(SPANS));
    assertThat(String.join("", received).split(Pattern.quote(trace), -1))
        .as("what is around the trace's ID, once in each span")
        .hasSize(SPANS.length + 1);
    assertThat(String.join("", received))
        .contains("hotfoot.agent.node", FakeKubeVirt.SOURCE, FakeKubeVirt.TARGET);
    assertThat(loopback.subjects()).contains(namespace + "/evict");
  }

  @AfterEach
  void stopCollector() {
    collector.stop(0);
  }

  private HttpServer collector() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/v1/traces",
          exchange -> {
            received.add(
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
