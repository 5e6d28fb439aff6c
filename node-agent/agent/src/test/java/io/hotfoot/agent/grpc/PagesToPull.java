package io.hotfoot.agent.grpc;

import io.grpc.stub.StreamObserver;
import io.hotfoot.agent.v1.PullReply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What an agent answers to a pull: how many pages it will ask for. */
public final class PagesToPull implements StreamObserver<PullReply> {
  private final CompletableFuture<Long> pages = new CompletableFuture<>();

  /** Waits a minute for it at most. */
  public long get() throws Exception {
    return pages.get(1, TimeUnit.MINUTES);
  }

  @Override
  public void onNext(PullReply reply) {
    pages.complete(reply.getPages());
  }

  @Override
  public void onError(Throwable e) {
    pages.completeExceptionally(e);
  }

  @Override
  public void onCompleted() {}
}
