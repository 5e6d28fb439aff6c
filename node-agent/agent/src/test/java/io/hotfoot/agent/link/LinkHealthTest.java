package io.hotfoot.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkHealthTest {
  private static final int SAMPLES_A_MINUTE = 6;
  private static final String DEVICES =
      """
      Inter-|   Receive                                                |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
          lo: 9000      9000    9    0    0     0          0         0 9000       9000    9    0    0     0       0          0
        eth0:%d %d %d 0 0 0 0 0 1 700 7 0 0 0 0 0
      """;
  @TempDir Path proc;
  private LinkHealth health;

  @BeforeEach
  void make() throws IOException {
    Files.createDirectories(proc.resolve("1/net"));
    health = new LinkHealth(proc);
  }

  private void counted(long packets, long bad) throws IOException {
    Files.writeString(proc.resolve("1/net/dev"), DEVICES.formatted(packets * 1000, packets, bad));
  }

  @Test
  void countsWhatCameSinceItBegan() throws IOException {
    counted(1000, 10);
    health.look();
    counted(3000, 11);
    assertThat(health.lastMinute()).isEqualTo(new LinkCounters(2000, 1));
  }

  @Test
  void forgetsWhatIsOlderThanAMinute() throws IOException {
    counted(1000, 0);
    health.look();
    counted(2000, 500);
    for (int i = 0; i < SAMPLES_A_MINUTE; i++) {
      health.look();
    }
    counted(3000, 500);
    assertThat(health.lastMinute()).isEqualTo(new LinkCounters(1000, 0));
  }

  @Test
  void tellsNothingWhereNothingCanBeRead() throws IOException {
    health.look();
    assertThat(health.lastMinute()).isEqualTo(new LinkCounters(0, 0));
  }
}
