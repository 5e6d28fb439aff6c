package io.hotfoot.agent.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a network namespace has counted (proc_pid_net(5)).
 *
 * @param packets that its devices received and sent, but for the loopback device
 * @param badPackets of these: damaged, or not to be sent
 * @param segments that its TCP sent
 * @param repeatedSegments of these: sent again, since no answer came
 */
public record LinkCounters(long packets, long badPackets, long segments, long repeatedSegments) {
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
      // Received bytes, packets, errs, drop, fifo, frame, compressed, multicast; then sent ones.
      String[] counts = line.substring(colon + 1).strip().split(" +");
      packets += Long.parseLong(counts[1]) + Long.parseLong(counts[9]);
      bad += Long.parseLong(counts[2]) + Long.parseLong(counts[10]);
    }
    List<String> tcp =
        Files.readAllLines(net.resolve("snmp")).stream()
            .filter(it -> it.startsWith("Tcp: "))
            .toList();
    if (tcp.size() != 2) {
      throw new IOException("no TCP in " + net.resolve("snmp"));
    }
    List<String> names = Arrays.asList(tcp.getFirst().split(" "));
    String[] values = tcp.getLast().split(" ");
    return new LinkCounters(
        packets,
        bad,
        Long.parseLong(values[names.indexOf("OutSegs")]),
        Long.parseLong(values[names.indexOf("RetransSegs")]));
  }

  LinkCounters since(LinkCounters earlier) {
    return new LinkCounters(
        packets - earlier.packets,
        badPackets - earlier.badPackets,
        segments - earlier.segments,
        repeatedSegments - earlier.repeatedSegments);
  }
}
