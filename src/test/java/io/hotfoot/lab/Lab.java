package io.hotfoot.lab;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the lab's machine can do to its nodes from outside. A real cluster has none of it. */
public final class Lab {
  public static final String UNLIMITED = "unlimited";
  private static final long LOOK_MS = 4_000;
  private static final Path FOLDER =
      Stream.of("src/test/lab", "lab").map(Path::of).filter(Files::isDirectory).findFirst().get();
  private static final String PROGRAM = program("lab");

  private final String name;

  /** A link's rate as programs read it, Mbit/s; null where it is unlimited. */
  public static Integer mbit(String rate) {
    return rate.equals(UNLIMITED) ? null : Integer.valueOf(rate);
  }

  public Lab(String name) {
    this.name = name;
  }

  /** The lab that LAB names; empty where it names none. */
  public static Optional<Lab> ofEnvironment() {
    return Optional.ofNullable(System.getenv("LAB")).filter(it -> !it.isBlank()).map(Lab::new);
  }

  /** A program of the lab's folder, for the module's programs as for its tests. */
  public static String program(String name) {
    return FOLDER.resolve(name).toAbsolutePath().toString();
  }

  /** A program that will run where the VMs' network is, but neither a node nor a VM. */
  public ProcessBuilder outside(String... command) {
    var all = new ArrayList<>(List.of(PROGRAM, "outside", name));
    all.addAll(List.of(command));
    return new ProcessBuilder(all);
  }

  /**
   * Changes the rate of the nodes' links.
   *
   * @param mbit Mbit/s, or {@link #UNLIMITED}
   */
  public void rate(String mbit) throws IOException {
    call("rate", mbit);
  }

  /**
   * Changes the rate of the nodes' links and the length of their queues.
   *
   * @param queueMs what a full link delays, ms
   */
  public void rate(int mbit, int queueMs) throws IOException {
    call("rate", "" + mbit, "" + queueMs);
  }

  /** Loses so much of what the nodes send each other: 100 cuts their link, 0 mends it. */
  public void lose(int percent) throws IOException {
    call("lose", "" + percent);
  }

  /** Starts etcd or kube-apiserver again after it has ended. */
  public void startAgain(String program) throws IOException {
    call("start", program);
  }

  /** CPU time that a node's VMs have taken so far, ms. */
  long cpuMs(String node) throws IOException {
    return Long.parseLong(call("cpu-time", node));
  }

  /** What share of one CPU a node's VMs take together, over the next seconds, percent. */
  public long cpuPercent(String node) throws IOException, InterruptedException {
    return growthPercent(() -> cpuMs(node));
  }

  /**
   * What share of the next seconds some process of a node waits, percent.
   *
   * @param resource cpu, memory or io
   */
  public long stalledPercent(String node, String resource)
      throws IOException, InterruptedException {
    return growthPercent(() -> Long.parseLong(call("stalled", node, resource)));
  }

  private interface Millis {
    long read() throws IOException;
  }

  private static long growthPercent(Millis total) throws IOException, InterruptedException {
    long before = total.read();
    long begun = System.nanoTime();
    Thread.sleep(LOOK_MS);
    long grown = total.read() - before;
    return grown * 100_000_000 / (System.nanoTime() - begun);
  }

  /**
   * Leaves a node's VMs, and what counts like them, so much memory for files, beside what they have
   * taken for themselves.
   */
  public void limitPageCache(String node, int mib) throws IOException {
    call("page-cache", node, "" + mib);
  }

  public void letPageCacheGrow(String node) throws IOException {
    call("page-cache", node, "off");
  }

  /** Gives a node's VMs together so many percent of one CPU. */
  public void squeeze(String node, long percent) throws IOException {
    call("squeeze", node, "" + percent);
  }

  public void letGo(String node) throws IOException {
    call("squeeze", node, "off");
  }

  private String call(String what, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(PROGRAM, what, name));
    command.addAll(List.of(arguments));
    return call(command);
  }

  /**
   * Runs a command to its end.
   *
   * @return what it printed
   * @throws IOException if it fails; the message tells the command and what it said
   */
  public static String call(List<String> command) throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (exitCode(process) != 0) {
      throw new IOException("%s: %s".formatted(String.join(" ", command), output.strip()));
    }
    return output.strip();
  }

  private static int exitCode(Process process) throws InterruptedIOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }
}
