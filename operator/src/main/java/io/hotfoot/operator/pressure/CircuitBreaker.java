package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.VMEviction;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stops a policy whose evictions fail, or only move the pressure about. */
final class CircuitBreaker {
  private static final Duration STAYS_OPEN = Duration.ofHours(1);

  /** So many failures one after the other stop a policy. */
  private static final int FAILURES = 3;

  /** So many VMs that pressed the node that they came to stop it too, if they are half of all. */
  private static final int FOLLOWED = 3;

  /** Pressure that comes to a VM's new node so soon has followed the VM. */
  private static final Duration FOLLOWS = Duration.ofMinutes(10);

  private final List<VMEviction> evictions;
  private final Map<String, List<VMEviction>> pressedAt;
  private final Instant now;

  /**
   * @param evictions of the policy
   * @param pressedAt by node, those that any policy began since that was pressed
   */
  CircuitBreaker(List<VMEviction> evictions, Map<String, List<VMEviction>> pressedAt, Instant now) {
    this.evictions = evictions;
    this.pressedAt = pressedAt;
    this.now = now;
  }

  /** Why the policy does nothing for now; empty if it may go on. */
  Optional<String> open() {
    return failed().or(this::followed);
  }

  private Optional<String> failed() {
    List<VMEviction> last =
        evictions.stream()
            .filter(it -> History.completed(it).isPresent())
            .sorted(Comparator.comparing((VMEviction it) -> History.completed(it).get()).reversed())
            .limit(FAILURES)
            .toList();
    boolean stop =
        last.size() == FAILURES
            && last.stream().allMatch(it -> it.getStatus().phase == EvictionPhase.Failed)
            && History.hasEndedAfter(last.getFirst(), now.minus(STAYS_OPEN));
    return stop
        ? Optional.of(
            "the last %d evictions of this policy failed: none begins for an hour, or until their VMEvictions are deleted"
                .formatted(FAILURES))
        : Optional.empty();
  }

  private Optional<String> followed() {
    List<VMEviction> arrived =
        evictions.stream()
            .filter(it -> it.hasEnded() && it.getStatus().phase == EvictionPhase.Succeeded)
            .filter(it -> History.hasEndedAfter(it, now.minus(STAYS_OPEN)))
            .toList();
    List<VMEviction> followed = arrived.stream().filter(this::hasBeenFollowed).toList();
    return followed.size() >= FOLLOWED && followed.size() * 2 >= arrived.size()
        ? Optional.of(
            "pressure follows the VMs: of the %d that this policy moved within the hour, %d (as %s) came to a node that was pressed soon after. None begins until that is an hour ago: the cluster lacks room, or target asks for too little of it"
                .formatted(arrived.size(), followed.size(), History.vmOf(followed.getLast())))
        : Optional.empty();
  }

  /** Whether a VM had to leave this one's target soon after it had come. */
  private boolean hasBeenFollowed(VMEviction eviction) {
    Instant came = History.completed(eviction).orElse(now);
    return pressedAt.getOrDefault(History.targetOf(eviction), List.of()).stream()
        .map(History::created)
        .anyMatch(it -> it.isAfter(came) && it.isBefore(came.plus(FOLLOWS)));
  }
}
