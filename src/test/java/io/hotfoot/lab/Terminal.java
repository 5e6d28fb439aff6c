package io.hotfoot.lab;

import java.io.PrintStream;

/** Lines for people: one that is refreshed in place on a terminal, plain ones elsewhere. */
public final class Terminal {
  private static final long PLAIN_EVERY_MS = 5_000;

  private final PrintStream out;
  private final boolean refreshes;
  private String plainKey = "";
  private long plainAtMs;
  private boolean unfinished;

  Terminal(PrintStream out, boolean refreshes) {
    this.out = out;
    this.refreshes = refreshes;
  }

  /** Standard output, refreshed where that is a terminal. */
  public static Terminal standard() {
    var console = System.console();
    return new Terminal(System.out, console != null && console.isTerminal());
  }

  /** A line that stays. */
  public void say(String format, Object... values) {
    finish();
    out.println(format.formatted(values));
    out.flush();
  }

  /**
   * A line that the next one replaces. Without a terminal it is printed when the key changes, and
   * every 5 s.
   */
  public void live(String key, String line) {
    if (refreshes) {
      out.print("\r\033[2K" + line);
      unfinished = true;
    } else if (!key.equals(plainKey) || nowMs() - plainAtMs >= PLAIN_EVERY_MS) {
      out.println(line);
      plainKey = key;
      plainAtMs = nowMs();
    }
    out.flush();
  }

  private void finish() {
    if (unfinished) {
      out.println();
      unfinished = false;
    }
  }

  private static long nowMs() {
    return System.nanoTime() / 1_000_000;
  }
}
