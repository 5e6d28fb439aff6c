package io.hotfoot.agent.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The name by which the operator speaks of an eviction, so that both logs have the same. */
@GlobalInterceptor
@ApplicationScoped
public class CalledAbout implements ServerInterceptor {
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("hotfoot-about", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<String> ABOUT = Context.key("about");

  /** A namespace and a name, as Kubernetes allows them. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,63}/[a-z0-9.-]{1,253}");

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String name = headers.get(HEADER);
    return name == null || !NAME.matcher(name).matches()
        ? next.startCall(call, headers)
        : Contexts.interceptCall(Context.current().withValue(ABOUT, name), call, headers, next);
  }

  /** What the current call is about; if it does not say, the eviction's UID. */
  static String nameOr(String uid) {
    return naming().apply(uid);
  }

  /** The same for later, on another thread. */
  static UnaryOperator<String> naming() {
    String name = ABOUT.get();
    return uid -> name == null ? uid : name;
  }
}
