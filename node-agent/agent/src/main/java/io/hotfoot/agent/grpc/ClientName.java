package io.hotfoot.agent.grpc;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jboss.logging.Logger;

/**
 * Lets in the operator alone: TLS has checked that the caller's certificate is of our authority,
 * this checks that it names {@value #OPERATOR} as a DNS subject alternative name. Agents have
 * certificates of that authority too.
 */
public class ClientName {
  private static final Logger LOG = Logger.getLogger(ClientName.class);
  static final String OPERATOR = "hotfoot-operator";

  /** In a certificate's alternative names (RFC 5280, GeneralName): a DNS name. */
  private static final int DNS_NAME = 2;

  private static final int BEFORE_ALL = 10_000;
  private static final int GRPC_PERMISSION_DENIED = 7;

  void register(@Observes Filters filters) {
    filters.register(ClientName::check, BEFORE_ALL);
  }

  private static void check(RoutingContext call) {
    HttpServerRequest request = call.request();
    if (isOperator(request.sslSession())) {
      call.next();
      return;
    }
    LOG.warnf(
        "refused a caller at %s: its certificate does not name %s",
        request.remoteAddress(), OPERATOR);
    request
        .response()
        .putHeader("content-type", "application/grpc")
        .putHeader("grpc-status", Integer.toString(GRPC_PERMISSION_DENIED))
        .putHeader("grpc-message", "the client's certificate does not name " + OPERATOR)
        .end();
  }

  private static boolean isOperator(SSLSession session) {
    try {
      Certificate[] chain = session == null ? new Certificate[0] : session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate own && names(own);
    } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
      return false;
    }
  }

  private static boolean names(X509Certificate certificate) throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    return names != null
        && names.stream().anyMatch(n -> n.get(0).equals(DNS_NAME) && OPERATOR.equals(n.get(1)));
  }
}
