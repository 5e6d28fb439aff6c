package io.hotfoot.operator.agent;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.hotfoot.operator.eviction.Named;

/** Tells an agent what a call is about, for its log. */
class NamedCalls implements ClientInterceptor {
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("hotfoot-about", Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        Named.current().ifPresent(it -> headers.put(HEADER, it));
        super.start(listener, headers);
      }
    };
  }
}
