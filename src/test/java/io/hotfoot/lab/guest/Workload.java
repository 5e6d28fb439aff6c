package io.hotfoot.lab.guest;

import io.hotfoot.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * What a guest runs: a folder with an executable `start`, and its guest.conf.
 *
 * @param name the folder's name
 * @param memoryMib the guest's memory, MiB
 * @param cpus the guest's virtual CPUs
 * @param kernelArgs added to the guest's kernel command line
 * @param checksItself whether the folder has an executable `check` that tells if the workload's
 *     memory is as it should be
 * @param client a program that runs outside the guest and asks it for what it serves; null where
 *     the guest makes its own work
 */
public record Workload(
    String name, int memoryMib, int cpus, String kernelArgs, boolean checksItself, Path client) {
  private static final Pattern RATE = Pattern.compile("\\brate=(\\d+)");

  /**
   * @throws IllegalArgumentException if the folder is no workload; the message says what is wrong
   */
  public static Workload in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(folder + " is no folder");
    }
    boolean isBuilt = Files.exists(folder.resolve("Makefile"));
    if (!isBuilt && !Files.isExecutable(folder.resolve("start"))) {
      throw new IllegalArgumentException(folder + " has no executable named start");
    }
    var conf = new Properties();
    var file = folder.resolve("guest.conf");
    if (Files.exists(file)) {
      try (var in = Files.newBufferedReader(file)) {
        conf.load(in);
      }
    }
    return new Workload(
        folder.toRealPath().getFileName().toString(),
        number(conf, file, "memory_mib", 1024, 256, 65_536),
        number(conf, file, "cpus", 1, 1, 64),
        conf.getProperty("kernel_args", ""),
        isBuilt || Files.isExecutable(folder.resolve("check")),
        "yes".equals(conf.getProperty("client", "no").strip()) ? clientOf(folder) : null);
  }

  private static Path clientOf(Path folder) throws IOException {
    var installed =
        Path.of(Lab.program("../../../target/workloads"))
            .normalize()
            .resolve(folder.toRealPath().getFileName());
    Lab.call(List.of(Lab.program("guest/install"), folder.toString(), installed.toString()));
    var client = installed.resolve("client");
    if (!Files.isExecutable(client)) {
      throw new IllegalArgumentException(
          folder + " has no executable named client, although its guest.conf says client=yes");
    }
    return client;
  }

  private static int number(Properties conf, Path file, String key, int usual, int min, int max) {
    var text = conf.getProperty(key, "" + usual).strip();
    int value = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : -1;
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s: %s=%s, must be a number from %d to %d".formatted(file, key, text, min, max));
    }
    return value;
  }

  String image() {
    return "localhost/hotfoot/guest-" + name + ":lab";
  }

  /**
   * For {@code completionTimeoutPerGiB}: with it KubeVirt switches to post-copy after one pass over
   * all memory. It rounds the memory up to whole units of 10^9 bytes and calls them GiB.
   *
   * @param passS what one pass takes, seconds
   * @return seconds for each unit, at least 1
   */
  public int switchesAfterPass(double passS) {
    long units = Math.ceilDiv((long) memoryMib << 20, 1_000_000_000L);
    return Math.max(1, (int) Math.ceil(passS / units));
  }

  /** The same workload with more on the guest's kernel command line. */
  public Workload withKernelArgs(String more) {
    return smaller(memoryMib, (kernelArgs + " " + more).strip());
  }

  /** The same workload with half of the requests, where kernelArgs has {@code rate=}. */
  public Workload atHalfTheRate() {
    return smaller(
        memoryMib,
        RATE.matcher(kernelArgs)
            .replaceAll(rate -> "rate=" + Math.max(1, Long.parseLong(rate.group(1)) / 2)));
  }

  /** The same workload in a smaller guest. */
  public Workload smaller(int memoryMib, String kernelArgs) {
    return new Workload(name, memoryMib, cpus, kernelArgs, checksItself, client);
  }
}
