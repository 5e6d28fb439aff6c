package io.hotfoot.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalledAboutTest {
  private String said;
  private UnaryOperator<String> later;

  @Test
  void theLogHasTheOperatorsName() {
    call("shop/evict-1.2");
    assertThat(said).isEqualTo("shop/evict-1.2");
    assertThat(later.apply("uid")).as("after the call").isEqualTo("shop/evict-1.2");
  }

  /** A header that would write lines of its own into the log. */
  @ParameterizedTest
  @ValueSource(
      strings = {"", "evict-1", "shop/evict\n10:00 INFO all is well", "shop/a/b", "Shop/e"})
  void whatIsNoNameIsLeftOut(String header) {
    call(header);
    assertThat(said).isEqualTo("uid");
  }

  @Test
  void withoutTheHeaderTheUidServes() {
    call(null);
    assertThat(said).isEqualTo("uid");
    assertThat(later.apply("uid")).isEqualTo("uid");
  }

  private void call(String header) {
    Metadata headers = new Metadata();
    if (header != null) {
      headers.put(Metadata.Key.of("hotfoot-about", Metadata.ASCII_STRING_MARSHALLER), header);
    }
    new CalledAbout()
        .interceptCall(
            null,
            headers,
            (call, received) -> {
              said = CalledAbout.nameOr("uid");
              later = CalledAbout.naming();
              return new ServerCall.Listener<>() {};
            });
  }
}
