package io.hotfoot.agent.link;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Keeps what the node's network counted over the last minute. */
@ApplicationScoped
public class LinkHealth {
  private static final Logger LOG = Logger.getLogger(LinkHealth.class);
  private static final int EVERY_S = 10;
  private static final int KEPT = 6;

  private final Path net;
  private final Deque<LinkCounters> samples = new ArrayDeque<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("link").factory());

  public LinkHealth(@ConfigProperty(name = "hotfoot.node-proc") Path nodeProc) {
    this.net = nodeProc.resolve("1/net"); // of the node, not of this container
  }

  @PostConstruct
  void start() {
    clock.scheduleWithFixedDelay(this::look, 0, EVERY_S, TimeUnit.SECONDS);
  }

  @PreDestroy
  void stop() {
    clock.shutdownNow();
  }

  synchronized void look() {
    try {
      samples.addLast(LinkCounters.read(net));
    } catch (IOException | RuntimeException e) {
      LOG.debugf("%s cannot be read: %s", net, e);
    }
    if (samples.size() > KEPT) {
      samples.removeFirst();
    }
  }

  /** Up to now. All 0 where nothing can be told. */
  public synchronized LinkCounters lastMinute() throws IOException {
    return samples.isEmpty()
        ? new LinkCounters(0, 0)
        : LinkCounters.read(net).since(samples.getFirst());
  }
}
