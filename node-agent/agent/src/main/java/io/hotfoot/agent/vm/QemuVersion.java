package io.hotfoot.agent.vm;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what QEMU's human monitor prints for {@code info version}. */
final class QemuVersion {
  /** {@code 10.0.8Debian 1:10.0.8+ds-0+deb13u1}: what follows is the distribution's. */
  private static final Pattern VERSION =
      Pattern.compile("\\s*(\\d+)\\.(\\d+)\\.(\\d+).*", Pattern.DOTALL);

  private QemuVersion() {}

  /**
   * @return major * 1,000,000 + minor * 1,000 + release
   * @throws IOException if it is no version
   */
  static long read(String printed) throws IOException {
    Matcher version = VERSION.matcher(printed);
    if (!version.matches()) {
      throw new IOException("QEMU says it is of version \"" + printed.strip() + "\"");
    }
    return Long.parseLong(version.group(1)) * 1_000_000
        + Long.parseLong(version.group(2)) * 1_000
        + Long.parseLong(version.group(3));
  }
}
