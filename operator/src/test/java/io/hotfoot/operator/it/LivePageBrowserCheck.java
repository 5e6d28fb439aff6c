package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The live page in headless Chromium, which `make check-page` installs and runs: too large for each
 * `make test`. Leaves target/live-page.png.
 */
class LivePageBrowserCheck extends LiveScene {
  private static final String HOT_THERE =
      "Math.round(100 * document.querySelectorAll('.hinted .hot.there').length"
          + " / document.querySelectorAll('.hinted .hot').length)";

  @Test
  void showsPressureAndMemoryFillingUp() throws IOException {
    try (Chromium chromium = new Chromium(dir.resolve("chromium"), process.live("/"))) {
      awaitHot(chromium, PULLED);
      String text = chromium.evaluate("document.body.innerText");
      assertThat(text)
          .contains("as operator live sees it")
          .contains(namespace + "/" + VM)
          .contains("PostCopy (GuestHints)")
          .contains("63 % lost to waiting")
          .contains("cpu Some 63% over 10s");
      assertThat(chromium.evaluate("document.querySelectorAll('.node.pressed').length"))
          .isEqualTo("1");
      chromium.screenshot(Path.of("target/live-page.png"));
      target().pull(80);
      awaitHot(chromium, 80);
    }
  }

  private static void awaitHot(Chromium chromium, int percent) {
    await(percent + " % of the hot cells to be filled")
        .atMost(Duration.ofSeconds(30))
        .until(() -> chromium.evaluate(HOT_THERE), String.valueOf(percent)::equals);
  }
}
