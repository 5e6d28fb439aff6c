package io.hotfoot.operator.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotfoot.api.v1alpha1.TransferStatus;
import org.junit.jupiter.api.Test;

class MissedFaultsTest {
  @Test
  void theShareOfFaultsThatWereNotPulled() {
    assertThat(percent(900L, 1000L)).isEqualTo(10);
    assertThat(percent(1000L, 1000L)).isZero();
    assertThat(percent(0L, 1000L)).isEqualTo(100);
  }

  @Test
  void pulledPagesThatHadComeByThemselvesMakeNoNegativeShare() {
    assertThat(percent(1200L, 1000L)).isZero();
  }

  @Test
  void withoutHintsOrFaultsThereIsNoShare() {
    assertThat(percent(null, 1000L)).isNull();
    assertThat(percent(900L, null)).isNull();
    assertThat(percent(0L, 0L)).isNull();
  }

  private static Integer percent(Long pulledPages, Long remoteFaults) {
    return MissedFaults.percent(
        new TransferStatus(null, null, pulledPages, remoteFaults, null, null));
  }
}
