package io.hotfoot.operator.agent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.eviction.Named;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Slow calls, one for each eviction, off the reconciler's threads. */
public class Background<T> {
  private final Map<String, Future<T>> running = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Wakeups<VMEviction> wakeups;

  public Background(Wakeups<VMEviction> wakeups) {
    this.wakeups = wakeups;
  }

  /** Starts the call if this eviction has none yet, and gives its result once there is one. */
  public Optional<Result<T>> ask(HasMetadata eviction, Callable<T> call) {
    Future<T> future =
        running.computeIfAbsent(eviction.getMetadata().getUid(), uid -> start(eviction, call));
    return switch (future.state()) {
      case RUNNING -> Optional.empty();
      case SUCCESS -> Optional.of(new Result.Done<>(future.resultNow()));
      case FAILED, CANCELLED -> Optional.of(new Result.Failed<>(future.exceptionNow()));
    };
  }

  /** What comes of a call under way is dropped. */
  public void forget(String evictionUid) {
    running.remove(evictionUid);
  }

  private CompletableFuture<T> start(HasMetadata eviction, Callable<T> call) {
    CompletableFuture<T> future = new CompletableFuture<>();
    threads.execute(
        () -> {
          try (var _ = Named.after(eviction)) {
            future.complete(call.call());
          } catch (Exception e) {
            future.completeExceptionally(e);
          }
          wakeups.wake(eviction);
        });
    return future;
  }

  public sealed interface Result<T> {
    record Done<T>(T value) implements Result<T> {}

    record Failed<T>(Throwable cause) implements Result<T> {}
  }
}
