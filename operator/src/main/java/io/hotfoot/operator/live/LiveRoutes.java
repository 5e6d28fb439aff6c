package io.hotfoot.operator.live;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.operator.preflight.InstallCheck;
import io.quarkus.vertx.web.ReactiveRoutes;
import io.quarkus.vertx.web.Route;
import io.quarkus.vertx.web.Route.HandlerType;
import io.quarkus.vertx.web.Route.HttpMethod;
import io.quarkus.vertx.web.RouteFilter;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Set;

/**
 * What feeds the live page (META-INF/resources) and {@code kubectl hotfoot}, on the loopback
 * interface alone: whoever may forward a port of this pod sees it. Nothing can be changed by it.
 */
@ApplicationScoped
class LiveRoutes {
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1");

  private final LiveView view;
  private final InstallCheck check;

  LiveRoutes(LiveView view, InstallCheck check) {
    this.view = view;
    this.check = check;
  }

  /** A page from elsewhere, which had its name point here, is not to read this by the browser. */
  @RouteFilter(100)
  void fromHereOnly(RoutingContext request) {
    if (!HOSTS.contains(request.request().authority().host())) {
      request.fail(HttpURLConnection.HTTP_FORBIDDEN);
      return;
    }
    request
        .response()
        .putHeader("Content-Security-Policy", "default-src 'self' 'unsafe-inline'")
        .putHeader("X-Content-Type-Options", "nosniff");
    request.next();
  }

  @Route(
      path = "/state",
      methods = HttpMethod.GET,
      produces = "application/json",
      type = HandlerType.BLOCKING)
  String state() {
    return Serialization.asJson(view.now());
  }

  /** Asks every agent. */
  @Route(
      path = "/check",
      methods = HttpMethod.GET,
      produces = "application/json",
      type = HandlerType.BLOCKING)
  String check() {
    return Serialization.asJson(check.findings());
  }

  @Route(path = "/events", methods = HttpMethod.GET, produces = ReactiveRoutes.EVENT_STREAM)
  Multi<String> events() {
    return Multi.createFrom()
        .ticks()
        .every(EVERY)
        .onOverflow()
        .drop()
        .emitOn(Infrastructure.getDefaultWorkerPool())
        .map(tick -> Serialization.asJson(view.now()));
  }
}
