package io.hotfoot.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * What a guest runs: a folder with an executable `start`, and its guest.conf.
 *
 * @param name the folder's name
 * @param memoryMib the guest's memory, MiB
 * @param cpus the guest's virtual CPUs
 * @param kernelArgs added to the guest's kernel command line
 * @param checksItself whether the folder has an executable `check` that tells if the workload's
 *     memory is as it should be
 */
public record Workload(
    String name, int memoryMib, int cpus, String kernelArgs, boolean checksItself) {

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
        isBuilt || Files.isExecutable(folder.resolve("check")));
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
  int switchesAfterPass(double passS) {
    long units = Math.ceilDiv((long) memoryMib << 20, 1_000_000_000L);
    return Math.max(1, (int) Math.ceil(passS / units));
  }

  /** The same workload with more on the guest's kernel command line. */
  Workload withKernelArgs(String more) {
    return new Workload(name, memoryMib, cpus, (kernelArgs + " " + more).strip(), checksItself);
  }

  /** The same workload in a smaller guest. */
  public Workload smaller(int memoryMib, String kernelArgs) {
    return new Workload(name, memoryMib, cpus, kernelArgs, checksItself);
  }
}
