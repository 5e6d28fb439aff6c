package io.hotfoot.agent.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** What the machine must have for a real migration. */
final class Machine {
  static final Path HOST_HINTS = Path.of("../../guest-hints/target/hotfoot-host-hints");

  private Machine() {}

  /** Skips the test where hints cannot be taken on the host; in CI that is a failure. */
  static void requireHostHints() throws Exception {
    requireMigration();
    require(
        Files.exists(HOST_HINTS) ? List.of() : List.of(HOST_HINTS + " (make -C guest-hints all)"));
  }

  /**
   * Skips the test where it cannot have other rights than this process; in CI that is a failure.
   */
  static void requireOtherRights() throws Exception {
    requireMigration();
    require(has("runc") ? List.of() : List.of("runc"));
  }

  /** Skips the test, with a word, where something is missing; in CI that is a failure. */
  static void requireMigration() throws Exception {
    List<String> missing = new ArrayList<>();
    if (!"root".equals(System.getProperty("user.name"))) {
      missing.add("root");
    }
    for (String program : List.of("qemu-system-x86_64", "libvirtd", "virsh", "python3")) {
      if (!has(program)) {
        missing.add(program);
      }
    }
    Path userfaultfd = Path.of("/proc/sys/vm/unprivileged_userfaultfd");
    if (!Files.exists(userfaultfd) || !Files.readString(userfaultfd).strip().equals("1")) {
      missing.add("vm.unprivileged_userfaultfd=1");
    }
    require(missing);
  }

  /** Skips the test where it cannot have so many of 2 MiB; in CI that is a failure. */
  static HugePages requireHugePages(int pages) throws Exception {
    return borrow("free huge pages", () -> HugePages.reserve(pages));
  }

  /** Skips the test where it cannot have so much; in CI that is a failure. */
  static Swap requireSwap(long bytes) throws Exception {
    return borrow("swap", () -> Swap.on(bytes));
  }

  /** Skips the test where the kernel merges no pages; in CI that is a failure. */
  static Ksm requireKsm() throws Exception {
    return borrow("KSM", () -> Ksm.on());
  }

  /** Skips the test where the kernel gives none; in CI that is a failure. */
  static void requireTransparentHugePages() throws Exception {
    Path setting = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    boolean off = !Files.exists(setting) || Files.readString(setting).contains("[never]");
    require(off ? List.of("transparent huge pages") : List.of());
  }

  private static <T> T borrow(String what, Callable<T> lender) throws Exception {
    requireMigration();
    try {
      return lender.call();
    } catch (IOException e) {
      require(List.of(what + ": " + e.getMessage()));
      throw e;
    }
  }

  private static boolean has(String program) {
    return Files.exists(Path.of("/usr/bin", program))
        || Files.exists(Path.of("/usr/sbin", program));
  }

  private static void require(List<String> missing) {
    if (System.getenv("CI") != null && !missing.isEmpty()) {
      throw new IllegalStateException("this machine lacks " + missing);
    }
    assumeTrue(missing.isEmpty(), "this machine lacks " + missing);
  }
}
