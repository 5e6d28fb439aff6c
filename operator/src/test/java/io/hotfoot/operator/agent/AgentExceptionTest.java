package io.hotfoot.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class AgentExceptionTest {
  @Test
  void aCertificateThatIsNotTakenIsSaidSo() {
    Status status =
        Status.UNAVAILABLE
            .withDescription("io exception\nChannel Pipeline: [SslHandler#0]")
            .withCause(new SSLHandshakeException("(certificate_unknown) PKIX"));

    assertThat(said(status))
        .startsWith("the agent on node node-a: no secure connection ((certificate_unknown) PKIX).")
        .contains("of different authorities")
        .doesNotContain("Pipeline");
  }

  @Test
  void theCallersDeadlineIsToldAsWhatItMeans() {
    Status status =
        Status.DEADLINE_EXCEEDED.withDescription("CallOptions deadline exceeded after 2.9s");

    assertThat(said(status)).startsWith("the agent on node node-a: no answer in time;");
  }

  @Test
  void whatTheAgentSaysStays() {
    assertThat(said(Status.NOT_FOUND.withDescription("no VM shop/db on this node")))
        .isEqualTo("the agent on node node-a: no VM shop/db on this node");
  }

  private static String said(Status status) {
    return AgentException.of("node-a", status.asRuntimeException()).getMessage();
  }
}
