package io.hotfoot.agent.pressure;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * How little memory.available makes this node's kubelet evict pods by itself (node-pressure
 * eviction): the larger of its evictionHard and evictionSoft, which its command line has, or the
 * file that this names; and how much is left until then. Needs the host's PID namespace and
 * CAP_SYS_PTRACE.
 */
final class KubeletThreshold {
  private static final String SIGNAL = "memory.available";

  /** Looking for kubelet takes a while, and its configuration changes with a restart only. */
  private static final long KNOWN_NANOS = Duration.ofMinutes(1).toNanos();

  /** What kubelet takes where nothing is said. */
  private static final String DEFAULT = "100Mi";

  private static final List<String> KINDS = List.of("evictionHard", "evictionSoft");
  private static final List<String> FLAGS = List.of("--eviction-hard", "--eviction-soft");
  private static final Map<String, Long> UNITS =
      Map.of(
          "",
          1L,
          "k",
          1000L,
          "M",
          1_000_000L,
          "G",
          1_000_000_000L,
          "T",
          1_000_000_000_000L,
          "Ki",
          1L << 10,
          "Mi",
          1L << 20,
          "Gi",
          1L << 30,
          "Ti",
          1L << 40);

  private final NodeProc node;
  private Long known;
  private long learntNanos;

  KubeletThreshold(NodeProc node) {
    this.node = node;
  }

  /**
   * What may still be taken until kubelet evicts, bytes; below 0: it is about to. As kubelet
   * counts, page cache is in use while it is active.
   *
   * @throws IOException if it cannot be told; the message says what to do
   */
  synchronized long left() throws IOException {
    long now = System.nanoTime();
    if (known == null || now - learntNanos > KNOWN_NANOS) {
      known = bytes();
      learntNanos = now;
    }
    return node.memory("MemFree") + node.memory("Inactive(file)") - known;
  }

  /**
   * Bytes, as configured now.
   *
   * @throws IOException if it cannot be told; the message says what to do
   */
  long bytes() throws IOException {
    Path kubelet = find();
    List<String> arguments = arguments(kubelet);
    List<String> told = new ArrayList<>();
    String file = value(arguments, "--config");
    if (file != null) {
      told.addAll(configured(kubelet.resolve("root").resolve(file.replaceFirst("^/+", ""))));
    }
    for (String flag : FLAGS) {
      String thresholds = value(arguments, flag);
      if (thresholds != null) {
        Stream.of(thresholds.split(","))
            .filter(it -> it.startsWith(SIGNAL + "<"))
            .forEach(it -> told.add(it.substring(SIGNAL.length() + 1)));
      }
    }
    if (told.isEmpty()) {
      told.add(DEFAULT);
    }
    long memoryTotal = node.memory("MemTotal");
    long most = 0;
    for (String quantity : told) {
      most = Math.max(most, quantity(quantity, memoryTotal));
    }
    return most;
  }

  private Path find() throws IOException {
    try (Stream<Path> processes = Files.list(node.proc())) {
      return processes
          .filter(it -> Character.isDigit(it.getFileName().toString().charAt(0)))
          .filter(KubeletThreshold::isKubelet)
          .findFirst()
          .orElseThrow(
              () ->
                  new IOException(
                      "no process named kubelet is on this node: use availableBelow in place of"
                          + " kubeletMargin"));
    }
  }

  private static boolean isKubelet(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip().equals("kubelet");
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }

  private static List<String> arguments(Path process) throws IOException {
    return List.of(
        Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1).split("\0"));
  }

  private static String value(List<String> arguments, String flag) {
    String value = null;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith(flag + "=")) {
        value = argument.substring(flag.length() + 1);
      } else if (argument.equals(flag) && i + 1 < arguments.size()) {
        value = arguments.get(i + 1);
      }
    }
    return value;
  }

  private static List<String> configured(Path file) throws IOException {
    List<String> told = new ArrayList<>();
    try (var reader = Files.newBufferedReader(file)) {
      if (new Yaml(new SafeConstructor(new LoaderOptions())).load(reader)
          instanceof Map<?, ?> all) {
        for (String kind : KINDS) {
          if (all.get(kind) instanceof Map<?, ?> thresholds && thresholds.containsKey(SIGNAL)) {
            told.add(String.valueOf(thresholds.get(SIGNAL)));
          }
        }
      }
    } catch (IOException | YAMLException e) {
      throw new IOException(
          "kubelet's configuration %s cannot be read (%s): use availableBelow in place of kubeletMargin"
              .formatted(file, e.getMessage()),
          e);
    }
    return told;
  }

  /** As in 100Mi or 5%. */
  private static long quantity(String text, long memoryTotal) throws IOException {
    String number = text.replaceFirst("[^0-9.].*$", "");
    String unit = text.substring(number.length());
    try {
      BigDecimal amount = new BigDecimal(number);
      if (unit.equals("%")) {
        return amount.multiply(BigDecimal.valueOf(memoryTotal)).longValue() / 100;
      }
      if (UNITS.containsKey(unit)) {
        return amount.multiply(BigDecimal.valueOf(UNITS.get(unit))).longValue();
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IOException("kubelet's threshold for " + SIGNAL + " makes no sense: " + text);
  }
}
