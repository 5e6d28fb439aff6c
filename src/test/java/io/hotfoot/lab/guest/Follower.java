package io.hotfoot.lab.guest;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads lines from a pod on a thread of its own, and connects again when the stream breaks: a pod's
 * programs may not be up yet, and a link may break in between.
 */
final class Follower implements AutoCloseable {
  private static final long RETRY_MS = 150;

  private final Supplier<Lines> source;
  private final Consumer<String> lines;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean last;
  private volatile Lines current;

  /**
   * @param handle ends the stream
   */
  record Lines(InputStream in, Closeable handle) {}

  /**
   * @param source opens the stream; may throw
   * @param lines takes each line; the same line may come again after the stream broke
   */
  Follower(Supplier<Lines> source, Consumer<String> lines) {
    this.source = source;
    this.lines = lines;
    thread = Thread.ofVirtual().start(this::follow);
  }

  /** There is nothing to connect to any more: what is open now is read to its end. */
  void endWithStream() {
    last = true;
  }

  private void follow() {
    while (!closed) {
      try {
        readOnce();
      } catch (IOException | RuntimeException e) {
        // Not there yet, or broken: what matters is only whether to try again.
      }
      if (last || !pause()) {
        return;
      }
    }
  }

  private void readOnce() throws IOException {
    var stream = source.get();
    current = stream;
    try (var in = new BufferedReader(new InputStreamReader(stream.in(), StandardCharsets.UTF_8))) {
      for (var line = in.readLine(); line != null && !closed; line = in.readLine()) {
        lines.accept(line);
      }
    } finally {
      stream.handle().close();
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(RETRY_MS);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      if (current != null) {
        current.handle().close();
      }
    } catch (IOException | RuntimeException e) {
      // It was broken before.
    }
  }
}
