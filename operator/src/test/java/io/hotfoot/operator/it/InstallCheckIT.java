package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.grpc.Status;
import io.hotfoot.agent.v1.Usable;
import io.hotfoot.operator.preflight.InstallCheck;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What `helm test` says, with the operator's rights. */
class InstallCheckIT extends Scene {
  private KubernetesClient asOperator;

  @BeforeEach
  void connect() {
    asOperator = OperatorRights.client();
  }

  @AfterEach
  void disconnect() {
    asOperator.close();
  }

  @Test
  void allIsWell() {
    assertSays(
        true, "ok       KubeVirt is deployed", "ok       node node-a: agent and virt-handler");
  }

  @Test
  void kubeVirtIsNotReady() {
    kubeVirt.setPhase("Deploying");
    assertSays(false, "MISSING  KubeVirt is Deploying");
  }

  @Test
  void agentDoesNotAnswer() {
    agents.stop(FakeKubeVirt.TARGET);
    source().refuse("DescribeNode", Status.UNAVAILABLE.withDescription("connection refused"));
    assertSays(false, "node node-b: no agent is ready", "node node-a: ", "connection refused");
  }

  @Test
  void agentIsOfAnotherVersion() {
    target().node = target().node.toBuilder().setAgentVersion("0.7.3").build();
    assertSays(false, "node node-b: its agent is of version 0.7.3, the operator of 0.1.0");
  }

  @Test
  void nodeIsNotOpen() {
    Usable not = Usable.newBuilder().setWhyNot("sysctl says 0").build();
    target().node = target().node.toBuilder().setUserfaultfd(not).build();
    source().node = source().node.toBuilder().setPull(not).build();
    assertSays(
        false,
        "node node-b: VMs can come here by pre-copy only: QEMU cannot use userfaultfd: sysctl says 0",
        "node node-a: its agent cannot pull pages: sysctl says 0");
  }

  private void assertSays(boolean passes, String... words) {
    var out = new ByteArrayOutputStream();
    boolean passed =
        new InstallCheck(asOperator, agents, "0.1.0-SNAPSHOT")
            .passes(new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8)).contains(words);
    assertThat(passed).isEqualTo(passes);
  }
}
