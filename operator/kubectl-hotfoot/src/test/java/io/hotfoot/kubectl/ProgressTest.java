package io.hotfoot.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.TransferStatus;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter said = new StringWriter();

  @Test
  void aTerminalHasOneLineThatChanges() {
    Progress progress = new Progress(new PrintWriter(said), true);
    progress.show(new VMEviction());
    progress.show(pulled(50));
    progress.show(pulled(50));
    progress.end();
    assertThat(said)
        .hasToString(
            "\r\u001b[Kwaiting for the operator\r\u001b[KPostCopy   "
                + "█".repeat(15)
                + "░".repeat(15)
                + "  50 % hot pages on node-b"
                + System.lineSeparator());
  }

  @Test
  void elsewhereEachNewsHasALine() {
    Progress progress = new Progress(new PrintWriter(said), false);
    progress.show(pulled(0));
    progress.show(pulled(100));
    progress.end();
    assertThat(said.toString().lines()).hasSize(2).last().asString().contains("100 %");
  }

  private static VMEviction pulled(int percent) {
    VMEviction eviction = new VMEviction();
    eviction.setStatus(new VMEvictionStatus());
    eviction.getStatus().phase = EvictionPhase.PostCopy;
    eviction.getStatus().targetNode = "node-b";
    eviction.getStatus().transfer = new TransferStatus(percent, null, null, null, null, null);
    return eviction;
  }
}
