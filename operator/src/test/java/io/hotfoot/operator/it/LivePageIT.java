package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.api.live.LiveEviction;
import io.hotfoot.api.live.LiveNode;
import io.hotfoot.api.live.LiveState;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Rung;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the operator tells of the moment, and to whom. In a browser: LivePageBrowserCheck. */
class LivePageIT extends LiveScene {
  @Test
  void tellsOfTheMomentToWhoMayForwardThePort() throws IOException {
    LiveState state = state();
    assertThat(state.acts()).isTrue();
    assertThat(state.operator()).isEqualTo("live");

    LiveNode pressed = state.nodes().getFirst();
    assertThat(pressed.name()).isEqualTo(FakeKubeVirt.SOURCE);
    assertThat(pressed.percent()).isEqualTo(63);
    assertThat(pressed.why()).contains("cpu Some 63% over 10s");
    assertThat(pressed.vms())
        .filteredOn(vm -> vm.vm().equals(namespace + "/" + VM))
        .singleElement()
        .satisfies(
            vm -> {
              assertThat(vm.cpuMilli()).isEqualTo(900);
              assertThat(vm.stays()).contains("migrates already");
            });

    LiveEviction eviction = state.evictions().getFirst();
    assertThat(eviction.phase()).isEqualTo(EvictionPhase.PostCopy);
    assertThat(eviction.rung()).isEqualTo(Rung.GuestHints);
    assertThat(eviction.target()).isEqualTo(FakeKubeVirt.TARGET);
    assertThat(eviction.memory().getFirst())
        .isEqualTo(new LiveEviction.LiveClass("hot", 100, PULLED));

    assertThat(get("/check").body()).contains("\"good\":true").contains("agent and virt-handler");
    assertThat(get("/").body()).contains("new EventSource('events')");
    assertThat(firstEvent()).contains("\"pulled\":" + PULLED);
    assertThat(Files.readString(Path.of("target/live.log")))
        .contains("[Announcer] %s/evict PostCopy.".formatted(namespace));
    assertThat(answerTo("hotfoot.example.com")).startsWith("HTTP/1.1 403");
    assertThat(answerTo("localhost")).startsWith("HTTP/1.1 200");
  }

  private String firstEvent() throws IOException {
    try (Socket socket = connect("/events", "localhost")) {
      var lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      return lines.lines().filter(it -> it.startsWith("data")).findFirst().orElseThrow();
    }
  }

  private String answerTo(String host) throws IOException {
    try (Socket socket = connect("/state", host)) {
      return new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
    }
  }

  private Socket connect(String path, String host) throws IOException {
    URI uri = process.live(path);
    Socket socket = new Socket(uri.getHost(), uri.getPort());
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write(
            "GET %s HTTP/1.1\r\nHost: %s:%d\r\n\r\n"
                .formatted(path, host, uri.getPort())
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
