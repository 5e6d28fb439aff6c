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
        eth0:%d %d %d 0 0 0 0 0 1 %d %d 0 0 0 0 0
      """;
  private static final String TCP =
      """
      Ip: Forwarding DefaultTTL
      Ip: 1 64
      Tcp: RtoAlgorithm MaxConn InSegs OutSegs RetransSegs InErrs
      Tcp: 1 -1 70 %d %d 0
      """;

  @TempDir Path proc;
  private LinkHealth health;

  @BeforeEach
  void make() throws IOException {
    Files.createDirectories(proc.resolve("1/net"));
    health = new LinkHealth(proc);
  }

  private void counted(long packets, long bad, long segments, long repeated) throws IOException {
    Path net = proc.resolve("1/net");
    // Half of the packets each way.
    Files.writeString(
        net.resolve("dev"), DEVICES.formatted(packets * 1000, packets / 2, bad, packets / 2, 0));
    Files.writeString(net.resolve("snmp"), TCP.formatted(segments, repeated));
  }

  @Test
  void countsWhatCameSinceItBegan() throws IOException {
    counted(1000, 10, 500, 5);
    health.look();
    counted(3000, 11, 800, 9);
    assertThat(health.lastMinute()).isEqualTo(new LinkCounters(2000, 1, 300, 4));
  }

  @Test
  void forgetsWhatIsOlderThanAMinute() throws IOException {
    counted(1000, 0, 100, 0);
    health.look();
    counted(2000, 500, 200, 50);
    for (int i = 0; i < SAMPLES_A_MINUTE; i++) {
      health.look();
    }
    counted(3000, 500, 300, 50);
    assertThat(health.lastMinute()).isEqualTo(new LinkCounters(1000, 0, 100, 0));
  }

  @Test
  void tellsNothingWhereNothingCanBeRead() throws IOException {
    health.look();
    assertThat(health.lastMinute()).isEqualTo(new LinkCounters(0, 0, 0, 0));
  }
}
