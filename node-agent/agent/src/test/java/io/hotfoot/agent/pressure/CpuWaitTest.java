package io.hotfoot.agent.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuWaitTest {
  private static final long SECOND = 1_000_000_000;

  @TempDir Path proc;
  private final AtomicLong nanos = new AtomicLong(5 * SECOND);

  @Test
  void isTheShareOfTheTimeSinceItWasMade() throws IOException {
    waited(4_000_000);
    CpuWait wait = new CpuWait(new NodeProc(proc), nanos::get);
    assertThat(wait.share()).isZero();
    nanos.addAndGet(2 * SECOND);
    waited(4_500_000);
    assertThat(wait.share()).isEqualTo(0.25);
    waited(4_000_000 + 2_100_000); // the kernel's clock and this one need not agree
    assertThat(wait.share()).isEqualTo(1);
  }

  @Test
  void isNoneWhereTheKernelCountsNone() {
    CpuWait wait = new CpuWait(new NodeProc(proc), nanos::get);
    nanos.addAndGet(SECOND);
    assertThat(wait.share()).isZero();
  }

  private void waited(long micros) throws IOException {
    Files.createDirectories(proc.resolve("pressure"));
    Files.writeString(
        proc.resolve("pressure/cpu"),
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=%d\n".formatted(micros));
  }
}
