package io.hotfoot.agent.target;

import io.hotfoot.agent.libvirt.Connection;
import io.hotfoot.agent.libvirt.LibvirtException;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/**
 * Has what an eviction runs through loaded and compiled when the agent starts, since in an eviction
 * each ms counts, and the CPU that compiling takes is the guests'.
 */
@ApplicationScoped
class WarmUp {
  private static final Logger LOG = Logger.getLogger(WarmUp.class);
  private static final Path NO_SOCKET = Path.of("/nonexistent");

  void begin(@Observes StartupEvent started) {
    Thread.ofPlatform().daemon().name("warm-up").start(WarmUp::run);
  }

  private static void run() {
    try {
      Puller.warmUp();
      PostCopyWatch.warmUp();
      Connection.open(NO_SOCKET).close();
    } catch (LibvirtException e) {
      LOG.debugf("libvirt is loaded: %s", e.getMessage());
    } catch (IOException e) {
      LOG.warnf("not warmed up: %s", e.getMessage());
    }
  }
}
