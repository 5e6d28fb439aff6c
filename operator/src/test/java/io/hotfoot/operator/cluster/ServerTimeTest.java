package io.hotfoot.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An API server that tells a time of the last century. */
class ServerTimeTest {
  private static final Instant THEN = Instant.parse("1999-12-31T23:59:58Z");

  private static final Consumer<HttpServerResponse> DATE =
      it -> it.putHeader("Date", "Fri, 31 Dec 1999 23:59:58 GMT");

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void isThisMachinesWhereTheyAgree() {
    Instant fine = THEN.plusMillis(678);
    try (var client = clientOf(DATE)) {
      assertThat(ServerTime.now(client, clock(fine))).isEqualTo(fine);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"P10000D", "PT1H", "PT4S", "-PT4S", "-P1D"})
  void isTheApiServersWhereThisMachinesIsWrong(Duration ahead) {
    try (var client = clientOf(DATE)) {
      assertThat(ServerTime.now(client, clock(THEN.plus(ahead)))).isEqualTo(THEN);
    }
  }

  @Test
  void saysThatItIsNotTold() {
    try (var client = clientOf(it -> {})) {
      assertThatThrownBy(() -> ServerTime.now(client, clock(THEN)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no Date in its answer");
    }
  }

  @Test
  void saysThatItIsNotUnderstood() {
    try (var client = clientOf(it -> it.putHeader("Date", "yesterday"))) {
      assertThatThrownBy(() -> ServerTime.now(client, clock(THEN)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("yesterday");
    }
  }

  private static Clock clock(Instant says) {
    return Clock.fixed(says, ZoneOffset.UTC);
  }

  private KubernetesClient clientOf(Consumer<HttpServerResponse> headers) {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  headers.accept(request.response());
                  request.response().end("{}");
                })
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    var config =
        new ConfigBuilder().withMasterUrl("http://127.0.0.1:" + server.actualPort()).build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
