package io.hotfoot.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.hotfoot.agent.v1.ArmRequest;
import io.hotfoot.agent.v1.CollectHintsRequest;
import io.hotfoot.agent.v1.DescribeNodeRequest;
import io.hotfoot.agent.v1.DescribeVmRequest;
import io.hotfoot.agent.v1.EvictionReport;
import io.hotfoot.agent.v1.ForgetRequest;
import io.hotfoot.agent.v1.HintSource;
import io.hotfoot.agent.v1.NodeAgentGrpc.NodeAgentBlockingStub;
import io.hotfoot.agent.v1.ReleaseRequest;
import io.hotfoot.agent.v1.Usable;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.agent.v1.WatchRequest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URL;
import java.util.Iterator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract's calls where there is no VM, and who may make them. */
@QuarkusTest
@WithTestResource(Certificates.class)
class AgentServiceTest {
  private static final VmRef NOWHERE =
      VmRef.newBuilder()
          .setNamespace("default")
          .setName("nowhere")
          .setLauncherPodUid("11111111-2222-3333-4444-555555555555")
          .build();

  @TestHTTPResource(tls = true)
  URL url;

  @Test
  void theOperatorMayAsk() throws Exception {
    as(
        Certificates.of("hotfoot-operator"),
        agent -> {
          var node = agent.describeNode(DescribeNodeRequest.getDefaultInstance());
          assertThat(node.getAgentVersion()).matches("\\d+\\.\\d+\\.\\d+");
          assertThat(node.getKernelRelease()).isNotEmpty();
          assertThat(node.hasMemoryRoom()).isTrue();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"somebody-else", "tls"})
  void anotherNameOfTheSameAuthorityMayNotNorAnotherAgent(String certificate) throws Exception {
    as(
        Certificates.of(certificate),
        agent ->
            assertRefused(
                () -> agent.describeNode(DescribeNodeRequest.getDefaultInstance()),
                Status.Code.PERMISSION_DENIED,
                "hotfoot-operator"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"expired", "self-made"})
  void theNameAloneIsNotEnough(String certificate) throws Exception {
    as(Certificates.of(certificate), AgentServiceTest::assertNotEvenConnected);
  }

  @Test
  void nobodyWithoutCertificateMay() throws Exception {
    as(Certificates.none(), AgentServiceTest::assertNotEvenConnected);
  }

  @Test
  void aVmThatIsNotHereIsNotFound() throws Exception {
    asOperator(
        agent -> {
          assertRefused(
              () -> agent.describeVm(DescribeVmRequest.newBuilder().setVm(NOWHERE).build()),
              Status.Code.NOT_FOUND,
              "default/nowhere has no launcher pod");
          assertRefused(() -> agent.arm(arm().build()), Status.Code.NOT_FOUND, "default/nowhere");
        });
  }

  @Test
  void namesThatLeadElsewhereAreMalformed() throws Exception {
    VmRef escaping = NOWHERE.toBuilder().setLauncherPodUid("../../etc").build();
    asOperator(
        agent ->
            assertRefused(
                () -> agent.describeVm(DescribeVmRequest.newBuilder().setVm(escaping).build()),
                Status.Code.INVALID_ARGUMENT,
                "launcher_pod_uid"));
  }

  @Test
  void numbersOutOfRangeAreMalformed() throws Exception {
    asOperator(
        agent -> {
          assertRefused(
              () -> agent.arm(arm().setLeaseMs(999).build()),
              Status.Code.INVALID_ARGUMENT,
              "lease_ms is 999, expected 1000 to 60000");
          assertRefused(
              () -> collect(agent, HintSource.HINT_SOURCE_GUEST, 60_001),
              Status.Code.INVALID_ARGUMENT,
              "deadline_ms");
        });
  }

  @Test
  void hintsFromTheHostAreSwitchedOffUnlessConfigured() throws Exception {
    asOperator(
        agent -> {
          Usable host = agent.describeNode(DescribeNodeRequest.getDefaultInstance()).getHostHints();
          assertThat(host.getUsable()).isFalse();
          assertThat(host.getWhyNot()).contains("agent.hostHints.enabled");
        });
  }

  @Test
  void aSourceThatIsNoneIsMalformed() throws Exception {
    asOperator(
        agent ->
            assertRefused(
                () -> collect(agent, HintSource.HINT_SOURCE_UNSPECIFIED, 1000),
                Status.Code.INVALID_ARGUMENT,
                "HINT_SOURCE_GUEST, _HOST or _MEMORY"));
  }

  @Test
  void anEvictionThatIsNotKnownHasNoRole() throws Exception {
    asOperator(
        agent -> {
          Iterator<EvictionReport> reports =
              agent.watch(WatchRequest.newBuilder().setEvictionUid("unknown").build());
          assertThat(reports.next().getRoleCase()).isEqualTo(EvictionReport.RoleCase.ROLE_NOT_SET);
          assertThat(reports.next().getRoleCase())
              .as("again after a second")
              .isEqualTo(EvictionReport.RoleCase.ROLE_NOT_SET);
          assertRefused(
              () -> agent.release(ReleaseRequest.newBuilder().setEvictionUid("unknown").build()),
              Status.Code.NOT_FOUND,
              "never armed");
          agent.forget(ForgetRequest.newBuilder().setEvictionUid("unknown").build());
        });
  }

  private static void assertNotEvenConnected(NodeAgentBlockingStub agent) {
    assertThatThrownBy(() -> agent.describeNode(DescribeNodeRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e ->
                assertThat(e.getStatus().getCode())
                    .isIn(Status.Code.UNAVAILABLE, Status.Code.INTERNAL));
  }

  private static ArmRequest.Builder arm() {
    return ArmRequest.newBuilder().setEvictionUid("e").setVm(NOWHERE).setLeaseMs(5000);
  }

  private static void collect(NodeAgentBlockingStub agent, HintSource source, int deadline) {
    agent
        .collectHints(
            CollectHintsRequest.newBuilder()
                .setEvictionUid("e")
                .setVm(NOWHERE)
                .setSource(source)
                .setDeadlineMs(deadline)
                .build())
        .next();
  }

  private static void assertRefused(ThrowingCallable call, Status.Code code, String words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).contains(words);
            });
  }

  private interface Conversation {
    void with(NodeAgentBlockingStub agent) throws Exception;
  }

  private void asOperator(Conversation conversation) throws Exception {
    as(Certificates.of("hotfoot-operator"), conversation);
  }

  private void as(ChannelCredentials credentials, Conversation conversation) throws Exception {
    try (AgentClient client = new AgentClient(url.getPort(), credentials)) {
      conversation.with(client.blocking());
    }
  }
}
