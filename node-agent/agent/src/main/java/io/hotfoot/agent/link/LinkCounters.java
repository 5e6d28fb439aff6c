package io.hotfoot.agent.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the network devices of a network namespace have counted (proc_pid_net(5)), but for the
 * loopback device.
 *
 * @param packets that they received
 * @param badPackets that came to them damaged
 */
public record LinkCounters(long packets, long badPackets) {
  private static final String LOOPBACK = "lo";

  /**
   * @param net {@code /proc/<pid>/net} of a process in that namespace
   */
  static LinkCounters read(Path net) throws IOException {
    long packets = 0;
    long bad = 0;
    for (String line : Files.readAllLines(net.resolve("dev"))) {
      int colon = line.indexOf(':');
      if (colon < 0 || line.substring(0, colon).strip().equals(LOOPBACK)) {
        continue;
      }
      // Received bytes, packets, errors, and more.
      String[] counts = line.substring(colon + 1).strip().split(" +");
      packets += Long.parseLong(counts[1]);
      bad += Long.parseLong(counts[2]);
    }
    return new LinkCounters(packets, bad);
  }

  LinkCounters since(LinkCounters earlier) {
    return new LinkCounters(packets - earlier.packets, badPackets - earlier.badPackets);
  }
}
