package io.hotfoot.agent.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The kernel's merging of pages of the same content (Documentation/admin-guide/mm/ksm.rst), made to
 * run fast for a test; closing this leaves it as it was.
 */
final class Ksm implements AutoCloseable {
  private static final Path SETTINGS = Path.of("/sys/kernel/mm/ksm");

  private final Map<String, String> before = new LinkedHashMap<>();

  private Ksm() {}

  /**
   * @throws IOException if this machine's kernel cannot do it
   */
  static Ksm on() throws IOException {
    Ksm ksm = new Ksm();
    ksm.set("pages_to_scan", "10000");
    ksm.set("sleep_millisecs", "20");
    ksm.set("run", "1");
    return ksm;
  }

  /** Of this process. */
  static long mergedPages(long pid) throws IOException {
    return Long.parseLong(Files.readString(Path.of("/proc/" + pid + "/ksm_merging_pages")).strip());
  }

  private void set(String name, String value) throws IOException {
    Path setting = SETTINGS.resolve(name);
    before.put(name, Files.readString(setting).strip());
    Files.writeString(setting, value);
  }

  @Override
  public void close() throws IOException {
    for (var setting : before.entrySet()) {
      Files.writeString(SETTINGS.resolve(setting.getKey()), setting.getValue());
    }
  }
}
