package io.hotfoot.agent.grpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.hotfoot.agent.v1.PullHeader;
import io.hotfoot.agent.v1.PullReply;
import io.hotfoot.agent.v1.PullRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What an agent answers to a pull: how many pages it will ask for. */
public final class PagesToPull implements StreamObserver<PullReply> {
  private final CompletableFuture<Long> pages = new CompletableFuture<>();

  /** Asks for a pull, with the hints in two pieces. */
  public static PagesToPull ask(AgentClient client, PullHeader.Builder header, byte[] hints) {
    PagesToPull pages = new PagesToPull();
    StreamObserver<PullRequest> upload = client.streaming().pull(pages);
    upload.onNext(PullRequest.newBuilder().setHeader(header.setLength(hints.length)).build());
    int half = hints.length / 2;
    upload.onNext(data(hints, 0, half));
    upload.onNext(data(hints, half, hints.length - half));
    upload.onCompleted();
    return pages;
  }

  private static PullRequest data(byte[] hints, int start, int length) {
    return PullRequest.newBuilder().setData(ByteString.copyFrom(hints, start, length)).build();
  }

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
