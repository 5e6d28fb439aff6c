package io.hotfoot.operator.it;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** One page in headless Chromium, driven by the DevTools protocol. */
final class Chromium implements AutoCloseable {
  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final String session;
  private final AtomicInteger last = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

  /**
   * @param folder for its profile
   */
  Chromium(Path folder, URI page) throws IOException {
    process =
        new ProcessBuilder(
                List.of(
                    "chromium",
                    "--headless=new",
                    "--no-sandbox", // the tests run as root
                    "--disable-gpu",
                    "--window-size=1100,1000",
                    "--remote-debugging-port=0",
                    "--user-data-dir=" + folder,
                    "about:blank"))
            .redirectErrorStream(true)
            .redirectOutput(Path.of("target/chromium.log").toFile())
            .start();
    Path port = folder.resolve("DevToolsActivePort");
    List<String> lines =
        Awaitility.await("Chromium: see target/chromium.log")
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> Files.exists(port) ? Files.readAllLines(port) : List.of(),
                it -> it.size() == 2);
    URI devTools = URI.create("ws://127.0.0.1:%s%s".formatted(lines.get(0), lines.get(1)));
    socket = http.newWebSocketBuilder().buildAsync(devTools, new Answers()).join();
    String target =
        ask(null, "Target.createTarget", Map.of("url", page.toString())).get("targetId").asText();
    session =
        ask(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asText();
  }

  /** What this JavaScript gives in the page. */
  String evaluate(String expression) {
    return ask(session, "Runtime.evaluate", Map.of("expression", expression))
        .path("result")
        .path("value")
        .asText();
  }

  void screenshot(Path file) throws IOException {
    String data = ask(session, "Page.captureScreenshot", Map.of()).get("data").asText();
    Files.write(file, Base64.getDecoder().decode(data));
  }

  private JsonNode ask(String inSession, String method, Map<String, Object> parameters) {
    int id = last.incrementAndGet();
    Map<String, Object> question = new HashMap<>(Map.of("id", id, "method", method));
    question.put("params", parameters);
    if (inSession != null) {
      question.put("sessionId", inSession);
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    socket.sendText(Serialization.asJson(question), true).join();
    JsonNode told = answer.orTimeout(60, TimeUnit.SECONDS).join();
    if (told.has("error")) {
      throw new AssertionError(method + ": " + told.get("error"));
    }
    return told.get("result");
  }

  @Override
  public void close() {
    http.shutdownNow();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }

  private class Answers implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
      message.append(part);
      if (isLast) {
        JsonNode told = Serialization.unmarshal(message.toString(), JsonNode.class);
        message.setLength(0);
        CompletableFuture<JsonNode> answer = answers.remove(told.path("id").asInt());
        if (answer != null) {
          answer.complete(told);
        }
      }
      from.request(1);
      return null;
    }
  }
}
