package io.hotfoot.agent.source;

import io.hotfoot.agent.hints.GuestLine;
import io.hotfoot.agent.libvirt.DomainState;
import io.hotfoot.agent.vm.RunningVm;
import io.hotfoot.agent.vm.VmId;
import io.hotfoot.agent.vm.VmLocator;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Lifts the throttles that this node's last agent has left where it was killed: QEMU keeps the
 * limit, and with it a migration of minutes becomes one of hours, in which the guest lives on two
 * nodes. An operator that still wants one arms the new agent again.
 */
@ApplicationScoped
public class LeftThrottles {
  private static final Logger LOG = Logger.getLogger(LeftThrottles.class);

  private final VmLocator locator;

  public LeftThrottles(@ConfigProperty(name = "hotfoot.kubelet-pods") Path kubeletPods) {
    locator = new VmLocator(kubeletPods);
  }

  /** On a thread of its own: a libvirt daemon may take 30 s to answer. */
  void liftAtStart(@Observes StartupEvent started) {
    Thread.ofPlatform().daemon().name("left-throttles").start(this::lift);
  }

  /** Looks at every VM of this node. */
  public void lift() {
    try {
      for (String pod : locator.podUids()) {
        liftIn(pod);
      }
    } catch (IOException e) {
      LOG.warnf("no look at this node's VMs for throttles of an earlier agent: %s", e.getMessage());
    }
  }

  private void liftIn(String pod) {
    try {
      Optional<RunningVm> vm = locator.runningIn(pod);
      if (vm.isPresent()) {
        lift(vm.get().id());
      }
    } catch (IOException e) {
      LOG.warnf("pod %s: no look for a throttle of an earlier agent: %s", pod, e.getMessage());
    }
  }

  private void lift(VmId vm) throws IOException {
    try (LibvirtMigration migration =
        LibvirtMigration.open(locator.libvirtSocket(vm), vm.domainName(), new GuestLine())) {
      if (migration.state() == DomainState.POSTCOPY) {
        migration.limitPostCopy(0);
        LOG.infof("VM %s is in post-copy: what an earlier agent had throttled is let go", vm);
      }
    }
  }
}
