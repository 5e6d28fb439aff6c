package io.hotfoot.operator.agent;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** A stream from one agent that is opened again whenever it breaks, until it is closed. */
public final class MendedWatch implements AutoCloseable {
  private final Function<Consumer<AgentException>, NodeAgent.Watch> opening;
  private final Consumer<AgentException> onBreak;
  private final Executor later;
  private NodeAgent.Watch stream;
  private boolean opened;
  private boolean closed;

  /**
   * @param pause before it is opened again
   * @param opening opens the stream, and has what it is given told when that breaks
   * @param onBreak is told each time why there is no stream; may close this
   */
  public MendedWatch(
      Duration pause,
      Function<Consumer<AgentException>, NodeAgent.Watch> opening,
      Consumer<AgentException> onBreak) {
    this.opening = opening;
    this.onBreak = onBreak;
    this.later = CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Does nothing if that was done before. */
  public synchronized void open() {
    if (!opened) {
      opened = true;
      connect();
    }
  }

  private synchronized void connect() {
    if (closed) {
      return;
    }
    try {
      stream = opening.apply(this::mend);
    } catch (AgentException e) {
      mend(e);
    }
  }

  private void mend(AgentException why) {
    onBreak.accept(why);
    later.execute(this::connect);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (stream != null) {
      stream.close();
    }
  }
}
