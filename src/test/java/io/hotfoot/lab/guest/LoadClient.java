package io.hotfoot.lab.guest;

import io.hotfoot.lab.Lab;
import io.hotfoot.lab.guest.Latencies.Interval;
import io.hotfoot.lab.guest.Throughput.Reading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A workload's client: a program outside the guest that asks it for what it serves, and prints what
 * it got: {@code <ms since 1970> <requests answered so far>}, and for those since the line before
 * {@link Interval#counts} as {@code <k>:<n>}. Closing ends it.
 */
final class LoadClient implements AutoCloseable {
  private static final Pattern WORD = Pattern.compile("(\\w+)=(\\S*)");
  private static final Pattern LINE =
      Pattern.compile("(\\d{1,15}) (\\d{1,18})((?: \\d{1,3}:\\d{1,9})*)");

  private final Process process;
  private final ConcurrentLinkedQueue<Reading> readings = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Interval> intervals = new ConcurrentLinkedQueue<>();

  private LoadClient(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::read);
  }

  /**
   * Starts the client of a VM's workload.
   *
   * @throws IllegalStateException if this is no lab: nothing is outside of the nodes there
   */
  static LoadClient start(Vmi vmi) throws IOException {
    var lab =
        Lab.ofEnvironment()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "workload %s has a client, for which LAB must name a lab"
                            .formatted(vmi.workload().name())));
    var program =
        lab.outside(vmi.workload().client().toString(), vmi.address())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    program.environment().putAll(words(vmi.workload().kernelArgs()));
    return new LoadClient(program.start());
  }

  /** The words that the kernel hands on to the guest's programs, in their environment. */
  private static Map<String, String> words(String kernelArgs) {
    return WORD.matcher(kernelArgs)
        .results()
        .collect(Collectors.toMap(word -> word.group(1), word -> word.group(2), (a, b) -> b));
  }

  private void read() {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        take(line);
      }
    } catch (IOException e) {
      // It has ended: what matters is that there is nothing more to read.
    }
  }

  private void take(String line) {
    var match = LINE.matcher(line);
    if (match.matches()) {
      long wallMs = Long.parseLong(match.group(1));
      readings.add(new Reading(wallMs, wallMs, Long.parseLong(match.group(2))));
      intervals.add(new Interval(wallMs, counts(match.group(3).strip())));
    }
  }

  static Map<Integer, Integer> counts(String text) {
    return Pattern.compile(" ")
        .splitAsStream(text)
        .filter(count -> !count.isEmpty())
        .map(count -> count.split(":"))
        .collect(
            Collectors.toMap(
                count -> Integer.valueOf(count[0]), count -> Integer.valueOf(count[1])));
  }

  /**
   * What it got so far.
   *
   * @throws IllegalStateException if it has ended by itself; why, it has said on standard error
   */
  Throughput throughput() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "the workload's client ended with %d".formatted(process.exitValue()));
    }
    return Throughput.of(List.copyOf(readings));
  }

  Latencies latencies() {
    return new Latencies(List.copyOf(intervals));
  }

  @Override
  public void close() {
    process.destroy();
  }
}
