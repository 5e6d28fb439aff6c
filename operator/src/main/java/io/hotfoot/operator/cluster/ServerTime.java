package io.hotfoot.operator.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/** What time it is by the API server, which stamps all objects: this machine's may be wrong. */
public final class ServerTime {
  private static final Logger LOG = Logger.getLogger(ServerTime.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The API server tells whole seconds, and its answer takes a while. */
  private static final Duration TOLERANCE = Duration.ofSeconds(3);

  private ServerTime() {}

  /**
   * The time by this machine's clock where it agrees with the API server's, which tells seconds
   * only; else by that one.
   *
   * @throws IllegalStateException if the API server does not tell the time
   */
  public static Instant now(KubernetesClient client, Clock machine) {
    Instant server = ask(client);
    Instant here = machine.instant();
    Duration ahead = Duration.between(server, here);
    if (ahead.abs().compareTo(TOLERANCE) <= 0) {
      return here;
    }
    LOG.warnf(
        "this machine's clock is %s %s the API server's, which is gone by: set it right",
        ahead.abs(), ahead.isNegative() ? "behind" : "ahead of");
    return server;
  }

  /** As HTTP tells it (RFC 9110, 6.6.1). */
  private static Instant ask(KubernetesClient client) {
    HttpRequest version =
        client
            .getHttpClient()
            .newHttpRequestBuilder()
            .uri(client.getMasterUrl() + "version")
            .build();
    try {
      HttpResponse<String> answer =
          client
              .getHttpClient()
              .sendAsync(version, String.class)
              .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
              .join();
      return ZonedDateTime.parse(date(answer), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (CompletionException e) {
      throw untold(e.getCause() instanceof TimeoutException ? "no answer" : "" + e.getCause());
    } catch (DateTimeParseException e) {
      throw untold(e.getMessage());
    }
  }

  private static String date(HttpResponse<String> answer) {
    return answer.headers("Date").stream()
        .findFirst()
        .orElseThrow(() -> untold("no Date in its answer"));
  }

  private static IllegalStateException untold(String why) {
    return new IllegalStateException("the API server does not tell the time: " + why);
  }
}
