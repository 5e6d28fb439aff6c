package io.hotfoot.agent.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.Test;

class EvictionThreadTest {
  @Test
  void whatItLogsHasTheEvictionsName() {
    var about = new CompletableFuture<Object>();

    EvictionThread.of("source", "shop/evict-1", () -> about.complete(MDC.get("about"))).start();

    assertThat(about.join()).isEqualTo("shop/evict-1");
    assertThat(MDC.get("about")).isNull();
  }
}
