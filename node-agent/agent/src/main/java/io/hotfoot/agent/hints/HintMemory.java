package io.hotfoot.agent.hints;

import io.hotfoot.agent.vm.VmId;
import io.hotfoot.agent.vm.VmLocator;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Remembers the hints that this node's guests give while there is no need: once the node is
 * pressed, a guest may have no CPU left to give any in time. One guest after the other is asked,
 * while the node's pressure is watched and no trigger holds.
 */
@ApplicationScoped
public class HintMemory {
  private static final Logger LOG = Logger.getLogger(HintMemory.class);

  /** Giving hints costs a guest some of its speed, for a second or two. */
  static final Duration ASK_ANEW = Duration.ofMinutes(10);

  /** A guest that has just come here boots, or its memory is still on its way. */
  static final Duration SETTLING = Duration.ofSeconds(30);

  static final Duration ASK_AGAIN = Duration.ofMinutes(1);

  /** Until pressure that has gone is believed to have gone. */
  static final Duration CALM = Duration.ofSeconds(10);

  /** Older ones say little of what the guest will need. */
  static final Duration KEPT = Duration.ofMinutes(30);

  /** By then an eviction has ended, or has said again that it goes on. */
  static final Duration LEFT_ALONE = Duration.ofMinutes(15);

  /** Of all guests' sets together; the longest that a guest can pass on has 3 MiB. */
  static final long MOST_BYTES = 16 << 20;

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final boolean wanted;
  private final Taker taker;
  private final LongSupplier nanoTime;
  private final Map<String, RememberedGuest> byPod = new ConcurrentHashMap<>();
  private final AtomicBoolean asking = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("hint-memory").factory());
  private volatile Long pressedNanos;

  /** Takes a guest's hints. */
  interface Taker {
    CollectedHints take(VmId vm, GuestLine line) throws IOException, InterruptedException;
  }

  @Inject
  public HintMemory(
      @ConfigProperty(name = "hotfoot.remember-hints") boolean wanted,
      @ConfigProperty(name = "hotfoot.kubelet-pods") Path kubeletPods) {
    this(
        wanted,
        (vm, line) ->
            new HintCollector(new VmLocator(kubeletPods), new HostAccess(Optional.empty()))
                .fromGuestAtRest(vm, line, DEADLINE),
        System::nanoTime);
  }

  /**
   * @param nanoTime a clock that only goes forward, ns
   */
  HintMemory(boolean wanted, Taker taker, LongSupplier nanoTime) {
    this.wanted = wanted;
    this.taker = taker;
    this.nanoTime = nanoTime;
  }

  /**
   * Comes whenever the node's pressure was looked at; returns at once.
   *
   * @param pressed some trigger holds
   * @param vms those that run on this node
   */
  public void watched(boolean pressed, Collection<VmId> vms) {
    long now = nanoTime.getAsLong();
    if (pressed) {
      pressedNanos = now;
    }
    boolean calm = pressedNanos == null || now - pressedNanos > CALM.toNanos();
    if (wanted && calm && asking.compareAndSet(false, true)) {
      know(vms, now + SETTLING.toNanos());
      nextDue(now)
          .ifPresentOrElse(guest -> thread.execute(() -> ask(guest)), () -> asking.set(false));
    }
  }

  private void know(Collection<VmId> vms, long dueNanos) {
    byPod.keySet().retainAll(vms.stream().map(VmId::launcherPodUid).collect(Collectors.toSet()));
    vms.forEach(
        vm -> byPod.computeIfAbsent(vm.launcherPodUid(), it -> new RememberedGuest(vm, dueNanos)));
  }

  private Optional<RememberedGuest> nextDue(long now) {
    return byPod.values().stream()
        .filter(it -> it.dueNanos() - now <= 0)
        .min(Comparator.comparingLong(RememberedGuest::dueNanos));
  }

  private void ask(RememberedGuest guest) {
    try {
      CollectedHints hints = take(guest);
      boolean first = guest.gave(hints, nanoTime.getAsLong());
      LOG.logf(
          first ? Logger.Level.INFO : Logger.Level.DEBUG,
          "VM %s: %d pages are remembered as hints",
          guest.vm(),
          hints.list().pages());
      dropOldest();
    } catch (IOException | IllegalStateException e) {
      guest.failed(e.getMessage(), nanoTime.getAsLong() + ASK_AGAIN.toNanos());
      LOG.debugf("VM %s: no hints to remember: %s", guest.vm(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      asking.set(false);
    }
  }

  private CollectedHints take(RememberedGuest guest) throws IOException, InterruptedException {
    long now = nanoTime.getAsLong();
    return taker.take(guest.vm(), guest.begin(now + ASK_ANEW.toNanos(), now));
  }

  private void dropOldest() {
    while (byPod.values().stream().mapToLong(RememberedGuest::length).sum() > MOST_BYTES) {
      byPod.values().stream()
          .filter(it -> it.length() > 0)
          .min(Comparator.comparingLong(RememberedGuest::takenNanos))
          .ifPresent(RememberedGuest::drop);
    }
  }

  /**
   * What this VM's guest gave last.
   *
   * @throws NoHintsException if it gave nothing, or too long ago
   */
  public CollectedHints recall(VmId vm) throws NoHintsException {
    if (!wanted) {
      throw NoHintsException.unable("nothing is remembered: agent.rememberHints is false");
    }
    RememberedGuest guest = byPod.get(vm.launcherPodUid());
    if (guest == null) {
      throw NoHintsException.unable(
          "nothing is remembered: no policy has watched the node since the VM came");
    }
    return guest
        .recall(KEPT, nanoTime.getAsLong())
        .orElseThrow(() -> NoHintsException.unable("nothing is remembered: " + guest.failure()));
  }

  /** Of the pages that this pod's guest named last; 0 where it named none. */
  public long hintedBytes(String podUid) {
    RememberedGuest guest = byPod.get(podUid);
    return guest == null
        ? 0
        : guest.recall(KEPT, nanoTime.getAsLong()).map(it -> it.list().bytes()).orElse(0L);
  }

  /** An eviction has this guest to itself; what it was asked here is given up. */
  public void leaveAlone(VmId vm) {
    RememberedGuest guest = byPod.get(vm.launcherPodUid());
    if (guest != null) {
      guest.leaveUntil(nanoTime.getAsLong() + LEFT_ALONE.toNanos());
    }
  }

  @PreDestroy
  void close() {
    thread.shutdownNow();
  }
}
